import { dirname } from 'node:path';
import type { ReadFile } from '../files.ts';
import type { SseKey } from '../keys/key.ts';
import { type KeySpec, keyFromFile } from '../keys/keyfile.ts';
import { fetchKeys, type KeySource, storeName } from '../keys/stores/fetch-keys.ts';
import type { KeyStores } from '../keys/stores/key-stores.ts';
import type { Fetched } from '../keys/stores/store.ts';
import type { VaultStore } from '../keys/stores/vault.ts';
import type { Names } from '../upstream/names/names.ts';
import { keySources } from './key-sources.ts';
import { loadVaults } from './load-vaults.ts';
import type { LoadedKeys, LoadedVault } from './loaded.ts';
import { type Needs, neededKeys } from './needs.ts';
import type { Path, Report } from './problem.ts';
import type { SalvagedConfig } from './semantics.ts';
import { type Sources, warnOfReaders } from './sources.ts';

export interface KeyContext {
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  readonly report: Report;
  readonly now: Date;
  readonly keyStores: KeyStores;
  /** Resolve the names of vaults. */
  readonly names: Pick<Names, 'lookupFor'>;
  /** Does not ask stores outside this machine and runs no commands. */
  readonly offline: boolean;
  readonly needs: Needs;
}

/** The SSE-C keys that the config names, and the ones that are unavailable at the moment, with the reason. */
export async function loadKeys(
  config: SalvagedConfig,
  sources: Sources,
  context: KeyContext,
): Promise<LoadedKeys> {
  const { configFile, env, readFile, report, now, keyStores, names, offline, needs } = context;
  const places = keySources(config, { folder: dirname(configFile), env });
  const needed = neededKeys(config, needs);
  const serverOf = (id: string): string | undefined => config.keys?.[id]?.vault?.server;
  const servers =
    needs.keys === 'all' && needs.buckets === undefined ? undefined : new Set([...needed].map(serverOf));
  const described = await loadVaults(config, { sources, report, names, needed: servers });
  const vaults = await openVaults(described, places, context);
  const answers = await fetchKeys(places, { env, readFile, vaults, offline, ended: keyStores.ended });
  keyStores.health.record(byStore(places, answers), now);
  const ssecKeys = new Map<string, SseKey>();
  const missing = new Map<string, string>();
  const origins = new Set<string>();
  for (const [id, source] of places) {
    const [spec, answer] = [config.keys?.[id], answers.get(id)];
    if (answer === undefined) missing.set(id, 'its key store was not asked');
    if (spec === undefined || answer === undefined) continue;
    const key: Asked = { id, source, format: spec.format, fingerprint: spec.fingerprint };
    origins.add(originOf(key));
    const verdict = judge(key, answer, context, needed.has(id));
    if (typeof verdict === 'string') missing.set(id, verdict);
    else if (verdict !== undefined) ssecKeys.set(id, verdict);
  }
  warnOfTwins(ssecKeys, report);
  // A config that is not used must not change the vaults and keys of the config in use.
  const usable = !report.problems().some(({ severity }) => severity === 'error');
  if (usable && !offline) {
    keyStores.forgetOthers(origins);
    await keyStores.closeOthers(new Set([...described.values()].map(({ identity }) => identity)));
  }
  return { ssecKeys, missing };
}

/** Only the vaults that keys refer to. The proxy logs in to each at the first read. */
async function openVaults(
  vaults: ReadonlyMap<string, LoadedVault>,
  places: ReadonlyMap<string, KeySource>,
  { keyStores, offline }: KeyContext,
): Promise<ReadonlyMap<string, VaultStore>> {
  const used = new Set([...places.values()].map((source) => (source.kind === 'vault' ? source.server : '')));
  const opened = new Map<string, VaultStore>();
  for (const [name, { identity, settings }] of vaults) {
    if (!offline && used.has(name)) opened.set(name, await keyStores.vault(identity, settings));
  }
  return opened;
}

interface Asked extends KeySpec {
  readonly source: KeySource;
}

function originOf(key: Asked): string {
  return JSON.stringify(key);
}

/**
 * The key when it is valid, or the one loaded before when its store is unavailable now; the reason why it is missing
 * where the proxy can work without it for now.
 */
function judge(
  key: Asked,
  answer: Fetched,
  { report, keyStores: { held } }: KeyContext,
  isNeeded: boolean,
): SseKey | string | undefined {
  const at: Path = ['keys', key.id, key.source.kind];
  const origin = originOf(key);
  if (answer.kind === 'unavailable') {
    const kept = held.get(origin);
    report.warn(at, answer.message, kept ? 'the key loaded before stays in use' : 'the proxy keeps trying');
    return kept ?? answer.message;
  }
  const refuse = (message: string, fix: string | undefined): string | undefined => {
    if (!isNeeded) return message;
    report.error(at, message, fix);
    return undefined;
  };
  if (answer.kind === 'refused') return refuse(answer.message, answer.fix);
  if (answer.mode !== undefined) warnOfReaders(answer.mode, at, report);
  const result = keyFromFile(key, answer.bytes);
  if (result.kind === 'refused') return refuse(result.message, result.fix);
  if (key.format === undefined && /^[0-9a-fA-F]{32}$/.test(Buffer.from(answer.bytes).toString('latin1')))
    report.warn(
      at,
      'the 32 bytes are 32 hex digits, which are half a key: only 128 bits of it are random',
      'make a key with "ssec-proxy keygen FILE" for new objects, and keep this one in the ring for those that it wrote',
    );
  held.set(origin, result.ssecKey);
  return result.ssecKey;
}

function byStore(
  sources: ReadonlyMap<string, KeySource>,
  answers: ReadonlyMap<string, Fetched>,
): Map<string, Fetched[]> {
  const stores = new Map<string, Fetched[]>();
  for (const [id, source] of sources) {
    const [name, answer] = [storeName(id, source), answers.get(id)];
    if (answer !== undefined) stores.set(name, [...(stores.get(name) ?? []), answer]);
  }
  return stores;
}

function warnOfTwins(ssecKeys: ReadonlyMap<string, SseKey>, report: Report): void {
  const byFingerprint = new Map<string, string>();
  for (const [id, { fingerprint }] of ssecKeys) {
    const twin = byFingerprint.get(fingerprint);
    if (twin !== undefined) report.warn(['keys', id], `is the same key as "${twin}"`);
    byFingerprint.set(fingerprint, id);
  }
}
