import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

type Files = Readonly<Record<string, string | Buffer>>;

/**
 * A ConfigMap or a Secret in a pod's folder, as the kubelet mounts it: each file is a link into `..data`, a link to a folder with
 * one version. An update makes another folder and renames another link over `..data`, in one step for all files.
 * https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter
 */
export class Volume {
  readonly #folder: string;
  #version = 0;
  #files = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(files: Files): Promise<void> {
    const before = `..version-${this.#version}`;
    this.#version += 1;
    const now = `..version-${this.#version}`;
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.#folder, now, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { mode: 0o440 });
    }
    await symlink(now, join(this.#folder, '..data-next'));
    await rename(join(this.#folder, '..data-next'), join(this.#folder, '..data'));
    const names = new Set(Object.keys(files));
    for (const name of [...names].filter((one) => !this.#files.has(one)))
      await symlink(join('..data', name), join(this.#folder, name));
    for (const name of [...this.#files].filter((one) => !names.has(one))) await rm(join(this.#folder, name));
    this.#files = names;
    await rm(join(this.#folder, before), { recursive: true, force: true });
  }
}
