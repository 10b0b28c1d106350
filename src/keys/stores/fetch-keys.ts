import type { ReadFile } from '../../files.ts';
import { directoryStore, type ReadLink } from './directory.ts';
import { envStore } from './env.ts';
import { type Command, execStore } from './exec.ts';
import { fileStore } from './file.ts';
import type { Fetched, KeyStore } from './store.ts';
import type { VaultPlace } from './vault/kv.ts';

/** The source of one key. Paths are absolute. */
export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string; readonly name: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'exec'; readonly command: Command }
  /** `address` distinguishes sources that had the same name before. */
  | {
      readonly kind: 'vault';
      readonly server: string;
      readonly address: string;
      readonly place: VaultPlace;
    };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  readonly readLink?: ReadLink | undefined;
  /** The vaults by name; other vaults are not asked. */
  readonly vaults: ReadonlyMap<string, KeyStore<VaultPlace>>;
  /** Runs no commands. */
  readonly offline: boolean;
  /** Kills commands that run. */
  readonly ended?: AbortSignal | undefined;
}

/** Asks every store once for all its keys, all stores in parallel. Returns key id → answer of the stores asked. Never throws. */
export async function fetchKeys(
  sources: ReadonlyMap<string, KeySource>,
  { env, readFile, readLink, vaults, offline, ended }: Surroundings,
): Promise<ReadonlyMap<string, Fetched>> {
  const of = keysByKind(sources);
  const directories = Map.groupBy(of('directory'), ({ source }) => source.path);
  const answers = await Promise.all([
    ask(fileStore(readFile), of('file'), ({ path }) => path),
    ask(envStore(env), of('env'), ({ name }) => name),
    ask(execStore(ended), offline ? [] : of('exec'), ({ command }) => command),
    ...[...directories].map(([path, keys]) =>
      ask(directoryStore({ path, readFile, readLink }), keys, ({ name }) => name),
    ),
    ...[...vaults].map(([name, store]) =>
      ask(
        store,
        of('vault').filter(({ source }) => source.server === name),
        ({ place }) => place,
      ),
    ),
  ]);
  return new Map(answers.flat());
}

/** The name of a store in logs and metrics. Every source that can fail separately has its own name. */
export function storeName(id: string, source: KeySource): string {
  if (source.kind === 'directory') return `directory:${source.path}`;
  if (source.kind === 'vault') return `vault:${source.server}`;
  return source.kind === 'exec' ? `exec:${id}` : source.kind;
}

interface Keyed<S> {
  readonly id: string;
  readonly source: S;
}

type SourceOf<K extends KeySource['kind']> = Extract<KeySource, { kind: K }>;

function keysByKind(sources: ReadonlyMap<string, KeySource>) {
  const keys = [...sources].map(([id, source]) => ({ id, source }));
  return <K extends KeySource['kind']>(kind: K): Keyed<SourceOf<K>>[] =>
    keys.filter((one): one is Keyed<SourceOf<K>> => one.source.kind === kind);
}

async function ask<S, Place>(
  store: KeyStore<Place>,
  keys: readonly Keyed<S>[],
  placeOf: (source: S) => Place,
): Promise<[string, Fetched][]> {
  if (keys.length === 0) return [];
  const answers = await store.fetch(keys.map(({ source }) => placeOf(source)));
  return keys.flatMap(({ id }, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : [[id, answer]];
  });
}
