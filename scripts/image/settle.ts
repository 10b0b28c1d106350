import { chmodSync, lutimesSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Modes and times that say nothing of who made the tree and when, so that two of them are the same. */
export function settle(folder: string, epochSeconds: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) settle(path, epochSeconds);
    else {
      if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o111) === 0 ? 0o644 : 0o755);
      lutimesSync(path, epochSeconds, epochSeconds);
    }
  }
  chmodSync(folder, 0o755);
  lutimesSync(folder, epochSeconds, epochSeconds);
}
