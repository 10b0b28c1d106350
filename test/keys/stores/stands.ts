import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a store may be found in. */
export type State =
  | { readonly kind: 'holds'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'slow' };

/** A store that really is there, and can be brought into every state. */
export interface Stand {
  /** What stands below `keys.a`, in YAML. */
  readonly source: string;
  /** Further lines of the config. */
  readonly config?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  become(state: State): Promise<void> | void;
}

/** One version of a Secret as Kubernetes mounts it: the files are links through "..data", which is swapped. */
export function mountSecret(
  path: string,
  version: string,
  files: Readonly<Record<string, Uint8Array>>,
): void {
  mkdirSync(join(path, `..${version}`), { recursive: true });
  for (const [name, bytes] of Object.entries(files))
    writeFileSync(join(path, `..${version}`, name), bytes, { mode: 0o400 });
  symlinkSync(`..${version}`, join(path, '..data_tmp'));
  renameSync(join(path, '..data_tmp'), join(path, '..data'));
  for (const name of Object.keys(files)) {
    rmSync(join(path, name), { recursive: true, force: true });
    symlinkSync(join('..data', name), join(path, name));
  }
}

export function fileStand(folder: string): Stand {
  const file = join(folder, 'folder', 'a.key');
  return {
    source: `file: ${file}`,
    env: {},
    become: (state) => {
      rmSync(join(file, '..'), { recursive: true, force: true });
      if (state.kind === 'unreachable') return writeFileSync(join(file, '..'), 'no folder');
      mkdirSync(join(file, '..'));
      if (state.kind === 'holds') writeFileSync(file, state.bytes, { mode: 0o600 });
      // A directory stands for what can't be read at once, as a pipe would.
      if (state.kind === 'slow') mkdirSync(file);
    },
  };
}

export function directoryStand(folder: string): Stand {
  const path = join(folder, 'secret');
  let version = 0;
  return {
    source: `directory: { path: ${path}, name: a }`,
    env: {},
    become: (state) => {
      if (state.kind === 'holds') {
        version += 1;
        if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path);
        return mountSecret(path, String(version), { a: state.bytes });
      }
      rmSync(path, { recursive: true, force: true });
      if (state.kind === 'unreachable') writeFileSync(path, 'no folder');
      if (state.kind === 'slow') mkdirSync(join(path, 'a'), { recursive: true });
    },
  };
}

export function envStand(): Stand {
  const env: Record<string, string | undefined> = {};
  return {
    source: 'env: A_KEY\n    format: hex',
    env,
    become: (state) => {
      env.A_KEY = state.kind === 'holds' ? Buffer.from(state.bytes).toString('hex') : undefined;
    },
  };
}

export function execStand(folder: string): Stand {
  const script = join(folder, 'print key');
  const lines = {
    missing: 'echo "no such key, and here is a secret: hunter2" >&2; exit 3',
    unreachable: 'kill -9 $$',
    slow: 'sleep 600 & wait',
  };
  return {
    source: `exec: { command: ["${script}", "$(touch /)", "; a"], timeout: 5s }`,
    env: { PATH: process.env.PATH },
    become: (state) => {
      const line =
        state.kind === 'holds'
          ? `printf %s '${Buffer.from(state.bytes).toString('base64')}' | base64 -d`
          : lines[state.kind];
      writeFileSync(script, `#!/bin/sh\n${line}\n`, { mode: 0o700 });
    },
  };
}
