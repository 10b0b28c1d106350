import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installed } from './install.ts';
import { runLines, systemPath } from './program.ts';

export interface RustCrate {
  readonly kind: 'cargo';
  readonly name: string;
  readonly command: string;
  readonly features: readonly string[];
}

/** Faster to build, and fast enough to be asked. */
const PROFILE = {
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
};

/** Builds a crate in its newest version, which takes long; the toolchain is the user's. */
export async function fromCargo({ name, command, features }: RustCrate, cache: string): Promise<Installed> {
  const root = join(cache, 'cargo');
  const program = join(root, 'bin', command);
  if (!existsSync(program)) {
    await mkdir(root, { recursive: true });
    const home = process.env['HOME'] ?? cache;
    const env = { ...systemPath(), HOME: home, CARGO_TARGET_DIR: join(root, 'target'), ...PROFILE };
    const chosen = ['--no-default-features', '--features', features.join(',')];
    const args = ['install', name, '--locked', '--quiet', '--root', root, ...chosen];
    await runLines('nice', ['-n', '10', 'cargo', ...args], { env, timeout: 3_600_000 });
  }
  const [version = ''] = await runLines(program, ['--version']);
  return { program, version: /\d+(\.\d+)+/.exec(version)?.[0] ?? '' };
}
