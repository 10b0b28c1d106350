import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../matrix/program.ts';

/** What a container is made of, and how it starts by itself. */
export interface Image {
  readonly root: string;
  /** Folders and files of this machine that it has too, by their path in it. */
  readonly binds: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly workingDir: string;
  /** `uid:gid`. */
  readonly user: string;
}

/** Programs of this machine that stand for an image: the rest of it is this machine's `/usr`. */
export interface Local {
  readonly binds?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly string[];
  readonly user?: string;
}

/** The images that pods name: of this machine, or of a registry, which are pulled once. */
export class Images {
  readonly #folder: string;
  readonly #bin: string;
  readonly #local: Readonly<Record<string, Local>>;
  readonly #made = new Map<string, Promise<Image>>();

  constructor(folder: string, bin: string, local: Readonly<Record<string, Local>>) {
    this.#folder = folder;
    this.#bin = bin;
    this.#local = local;
  }

  get(name: string): Promise<Image> {
    const found = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, found);
    return found;
  }

  async #make(name: string): Promise<Image> {
    const root = join(this.#folder, name.replaceAll(/[^\w.-]/g, '_'));
    await mkdir(root, { recursive: true });
    const local = this.#local[name];
    return local ? await ofThisMachine(root, local) : await this.#pull(name, root);
  }

  async #pull(name: string, root: string): Promise<Image> {
    const crane = join(this.#bin, 'crane');
    const { config } = JSON.parse((await run(crane, ['config', '--insecure', name])).toString('utf8')) as {
      config: {
        Entrypoint?: string[];
        Cmd?: string[];
        Env?: string[];
        WorkingDir?: string;
        User?: string;
      };
    };
    const tar = `${root}.tar`;
    await run(crane, ['export', '--insecure', name, tar]);
    await run('tar', ['-xf', tar, '-C', root, '--numeric-owner']);
    return {
      root,
      binds: {},
      entrypoint: config.Entrypoint ?? [],
      command: config.Cmd ?? [],
      env: config.Env ?? [],
      workingDir: config.WorkingDir || '/',
      user: config.User || '0:0',
    };
  }
}

async function ofThisMachine(root: string, local: Local): Promise<Image> {
  for (const [name, to] of Object.entries({ lib: 'usr/lib', lib64: 'usr/lib64', bin: 'usr/bin' })) {
    await symlink(to, join(root, name));
  }
  for (const folder of ['usr', 'etc', 'tmp']) await mkdir(join(root, folder));
  return {
    root,
    binds: { '/usr': '/usr', '/etc/ssl': '/etc/ssl', '/etc/passwd': '/etc/passwd', ...local.binds },
    entrypoint: local.entrypoint ?? [],
    command: local.command ?? [],
    env: ['PATH=/usr/bin:/bin', ...(local.env ?? [])],
    workingDir: '/',
    user: local.user ?? '0:0',
  };
}
