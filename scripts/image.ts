import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mirrors, ownMirrors } from './image/apt.ts';
import { debianRoot } from './image/debian.ts';
import { epoch } from './image/epoch.ts';
import { nodeRoot } from './image/node.ts';
import { programFiles, systemFiles } from './image/own-files.ts';
import { isPlatform, ownPlatform, type Platform } from './image/platforms.ts';
import { settle } from './image/settle.ts';

/**
 * `npm run image`: makes `build/image/`, which the Dockerfile copies: Debian's libraries, Node.js and the program. It needs
 * apt-get and dpkg-deb (Debian, or Ubuntu with debian-archive-keyring), and no root. Each `--platform` is made, on any machine.
 * The same commit with the same packages makes the same files.
 */
const ROOT = join(import.meta.dirname, '..');

const work = mkdtempSync(join(tmpdir(), 'ssec-proxy-image-'));
try {
  makeImage();
} catch (error) {
  process.stderr.write(`image: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function makeImage(): void {
  const { values } = parseArgs({
    options: {
      platform: { type: 'string', multiple: true },
      archive: { type: 'string' },
      security: { type: 'string' },
      into: { type: 'string', default: join(ROOT, 'build/image') },
    },
  });
  const platforms = values.platform?.map(known) ?? [ownPlatform()];
  const mirrors = mirrorsOf(values);
  const seconds = epoch(ROOT);
  rmSync(values.into, { recursive: true, force: true });
  const app = join(values.into, 'app');
  mkdirSync(app, { recursive: true });
  programFiles(ROOT, app);
  for (const platform of platforms) makePlatform(platform, mirrors, join(values.into, platform));
  settle(values.into, seconds);
  for (const platform of platforms) chmodSync(join(values.into, platform, 'debian/tmp'), 0o1777);
  process.stdout.write(`${relative(process.cwd(), values.into)}: ${platforms.join(', ')}\n`);
}

function makePlatform(platform: Platform, mirrors: Mirrors, into: string): void {
  debianRoot(platform, mirrors, join(into, 'debian'), join(work, platform, 'debian'));
  systemFiles(join(into, 'debian'));
  nodeRoot(platform, join(into, 'node'), join(work, platform, 'node'));
}

function known(name: string): Platform {
  if (isPlatform(name)) return name;
  throw new Error(`--platform ${name}: must be amd64 or arm64`);
}

/** Debian's archive and its security updates; by default those of this machine. */
function mirrorsOf({ archive, security }: { archive?: string; security?: string }): Mirrors {
  if (archive !== undefined && security !== undefined) return { archive, security, dated: true };
  if (archive === undefined && security === undefined) return ownMirrors();
  throw new Error('--archive and --security need each other');
}
