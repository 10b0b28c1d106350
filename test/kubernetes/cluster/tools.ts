import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../matrix/program.ts';

/** kubectl and helm, as an administrator uses them. */
export interface Tools {
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** Applies objects. */
  readonly apply: (manifests: readonly object[], ...args: readonly string[]) => Promise<string>;
  readonly helm: (...args: readonly string[]) => Promise<string>;
  /** Writes a file into the folder of the run and gives its path. */
  readonly file: (name: string, content: string) => Promise<string>;
}

export function toolsOf(folder: string, bin: string, kubeconfig: string): Tools {
  const env = { KUBECONFIG: kubeconfig, HOME: folder };
  const timeout = 300_000;
  const kubectl = async (...args: readonly string[]): Promise<string> =>
    (await run(join(bin, 'kubectl'), args, { env, timeout })).toString('utf8');
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  let applied = 0;
  return {
    kubectl,
    file,
    apply: async (manifests, ...args) => {
      const text = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
      applied += 1;
      const path = await file(`applied-${applied}.yaml`, text);
      return await kubectl('apply', '--server-side', '-f', path, ...args);
    },
    helm: async (...args) => (await run(join(bin, 'helm'), args, { env, timeout })).toString('utf8'),
  };
}
