import { chmod, chown, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Api, Refused } from '../cluster/api.ts';
import type { Data, FilesOf, Pod, Source, TokenOf, Volume } from '../cluster/objects.ts';
import { fieldOf } from './environment.ts';

interface File {
  readonly content: Buffer;
  readonly mode: number;
}

type Files = Record<string, File>;

/** The volumes of one pod as folders, which follow their Secrets and ConfigMaps as the kubelet's do. */
export class Volumes {
  readonly #api: Api;
  readonly #pod: Pod;
  readonly #folder: string;
  readonly #written = new Map<string, string>();
  readonly #tokens = new Map<string, Promise<string>>();
  #version = 0;

  constructor(api: Api, pod: Pod, folder: string) {
    this.#api = api;
    this.#pod = pod;
    this.#folder = folder;
  }

  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  /** Brings every volume up to date. Throws where something is missing that is not optional. */
  async sync(): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) {
      const folder = this.folderOf(volume.name);
      if (volume.emptyDir) await this.#makeEmpty(folder);
      else await this.#write(folder, await this.#filesOf(volume));
    }
  }

  async #makeEmpty(folder: string): Promise<void> {
    if (this.#written.has(folder)) return;
    const group = this.#pod.spec.securityContext?.fsGroup;
    await mkdir(folder, { recursive: true });
    await chown(folder, 0, group ?? 0);
    await chmod(folder, group === undefined ? 0o777 : 0o2777);
    this.#written.set(folder, '');
  }

  async #filesOf(volume: Volume): Promise<Files> {
    const { projected, ...source } = volume;
    if (!projected) return await this.#filesOfSource(source, 0o644);
    const all = [];
    for (const one of projected.sources ?? []) {
      all.push(await this.#filesOfSource(one, projected.defaultMode ?? 0o644));
    }
    return Object.assign({}, ...all) as Files;
  }

  async #filesOfSource(source: Source, mode: number): Promise<Files> {
    const { configMap, secret, serviceAccountToken, downwardAPI } = source;
    if (configMap) return await this.#filesOfData('configmaps', configMap.name, configMap, mode);
    if (secret) return await this.#filesOfData('secrets', secret.secretName ?? secret.name, secret, mode);
    if (serviceAccountToken) {
      const content = Buffer.from(await this.#tokenOf(serviceAccountToken));
      return { [serviceAccountToken.path]: { content, mode: 0o600 } };
    }
    if (downwardAPI) {
      const items = downwardAPI.items ?? [];
      return Object.fromEntries(
        items.map(({ path, fieldRef }) => [
          path,
          { content: Buffer.from(fieldOf(this.#pod, fieldRef?.fieldPath ?? '')), mode },
        ]),
      );
    }
    throw new Error(`this kubelet knows no volume ${JSON.stringify(source)}`);
  }

  async #filesOfData(
    kind: 'configmaps' | 'secrets',
    name: string | undefined,
    { items, optional, defaultMode }: FilesOf,
    given: number,
  ): Promise<Files> {
    const encoding = kind === 'secrets' ? 'base64' : 'utf8';
    const mode = defaultMode ?? given;
    let held: Data;
    try {
      held = await this.#api.get<Data>(`/api/v1/namespaces/${this.#pod.metadata.namespace}/${kind}/${name}`);
    } catch (error) {
      if (optional && error instanceof Refused && error.status === 404) return {};
      throw error;
    }
    const contents: Record<string, Buffer> = {};
    for (const [key, text] of Object.entries(held.data ?? {})) contents[key] = Buffer.from(text, encoding);
    for (const [key, text] of Object.entries(held.binaryData ?? {}))
      contents[key] = Buffer.from(text, 'base64');
    const wanted = items ?? Object.keys(contents).map((key) => ({ key, path: key }));
    const files: Files = {};
    for (const item of wanted) {
      const content = contents[item.key];
      if (content) files[item.path] = { content, mode: ('mode' in item ? item.mode : undefined) ?? mode };
      else if (!optional) throw new Error(`${kind}/${name} has no ${item.key}`);
    }
    return files;
  }

  #tokenOf({ audience, expirationSeconds = 3600, path }: TokenOf): Promise<string> {
    const { namespace, name, uid } = this.#pod.metadata;
    const account = this.#pod.spec.serviceAccountName ?? 'default';
    const ask = async (): Promise<string> => {
      const { status } = await this.#api.create<{ status: { token: string } }>(
        `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
        {
          spec: {
            ...(audience !== undefined && { audiences: [audience] }),
            expirationSeconds,
            boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
          },
        },
      );
      return status.token;
    };
    const found = this.#tokens.get(path) ?? ask();
    this.#tokens.set(path, found);
    return found;
  }

  /** A new folder that `..data` is swapped to in one step; each file is a link through it. */
  async #write(folder: string, files: Files): Promise<void> {
    const state = JSON.stringify(
      Object.entries(files).map(([path, { content, mode }]) => [path, content.toString('base64'), mode]),
    );
    if (this.#written.get(folder) === state) return;
    this.#version += 1;
    const fresh = `..${this.#version}`;
    const group = this.#pod.spec.securityContext?.fsGroup;
    await mkdir(join(folder, fresh), { recursive: true });
    for (const [path, { content, mode }] of Object.entries(files)) {
      const file = join(folder, fresh, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      await chown(file, 0, group ?? 0);
      // With fsGroup, the group may read what the owner may.
      await chmod(file, group === undefined ? mode : mode | 0o440);
    }
    const next = join(folder, '..data_tmp');
    await symlink(fresh, next);
    await rename(next, join(folder, '..data'));
    const tops = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
    for (const name of await readdir(folder)) {
      if (name.startsWith('..') ? name !== '..data' && name !== fresh : !tops.has(name)) {
        await rm(join(folder, name), { recursive: true, force: true });
      } else tops.delete(name);
    }
    for (const name of tops) await symlink(join('..data', name), join(folder, name));
    this.#written.set(folder, state);
  }
}
