import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/**
 * Whose work is in the program: each package of which something is in it, with its version and the texts of its license.
 * @param beside folders of packages of which files lie beside the program
 * @throws Error when a package says nothing of its license
 */
export function licensesOf(
  root: string,
  outputs: Metafile['outputs'],
  beside: readonly string[] = [],
): string {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = new Set([...used.flatMap(([path]) => folderOf(path) ?? []), ...beside]);
  const parts = [...folders].toSorted().map((folder) => partOf(folder, join(root, folder)));
  return [HEAD, ...parts].join(RULE);
}

const HEAD = 'ssec-proxy contains these packages, each under its own license.\n';
const RULE = `\n${'='.repeat(80)}\n`;

/** The innermost package of a path. */
function folderOf(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

function partOf(name: string, folder: string): string {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  if (!about.license) throw new Error(`${name} says nothing of its license`);
  const files = readdirSync(folder).filter((file) => /^(?:license|licence|copying|notice)/i.test(file));
  const texts = files.toSorted().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${about.name} ${about.version}: ${about.license}`, ...texts].join('\n\n') + '\n';
}
