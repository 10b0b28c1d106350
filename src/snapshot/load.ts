import { readConfigText } from '../config/config-text.ts';
import { loadAdmin } from '../config/load-admin.ts';
import { loadClients } from '../config/load-clients.ts';
import { type KeyContext, loadKeys } from '../config/load-keys.ts';
import { loadTls } from '../config/load-tls.ts';
import { loadUpstreams } from '../config/load-upstreams.ts';
import type { Loaded } from '../config/loaded.ts';
import { EVERYTHING, type Needs } from '../config/needs.ts';
import type { Problem } from '../config/problem.ts';
import { isError, readConfig } from '../config/read-config.ts';
import { type Contents, recordReads } from '../config/reads.ts';
import type { SalvagedConfig } from '../config/semantics.ts';
import { createSources, type Sources } from '../config/sources.ts';
import { type ReadFile, readFromDisk } from '../files.ts';
import { KeyStores } from '../keys/stores/key-stores.ts';
import { loadAws4 } from '../sigv4/aws4.ts';
import { type Names, systemNames } from '../upstream/names/names.ts';
import { loadTransport } from '../upstream/transports.ts';
import { buildSnapshot } from './build.ts';
import type { Snapshot } from './snapshot.ts';
import { allUpstreams } from './upstream-of.ts';

export interface LoadOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly readFile?: ReadFile;
  readonly now?: Date;
  /** What is kept from one load to the next; without it, nothing is. */
  readonly keyStores?: KeyStores;
  /** Resolve the names of vaults; by default those of the process. */
  readonly names?: Pick<Names, 'lookupFor'>;
  /** Does not ask what is outside this machine and runs no commands. */
  readonly offline?: boolean;
  /** What cannot be right is an error, though the proxy could start with it. */
  readonly strict?: boolean;
  /** What has to be there; by default, all. A snapshot that lacks something can't serve. */
  readonly needs?: Needs;
}

export interface LoadResult {
  /** Undefined when there is at least one error. */
  readonly snapshot: Snapshot | undefined;
  /** Every error and warning, in the order of the file. */
  readonly problems: readonly Problem[];
  /** Every file that was read or could not be read, including the config, and its content. */
  readonly files: Contents;
}

/** Reads a config and everything it refers to. Never throws for a mistake in them: `problems` has it. */
export async function loadConfig(configFile: string, options: LoadOptions = {}): Promise<LoadResult> {
  const {
    env = process.env,
    readFile = readFromDisk,
    now = new Date(),
    keyStores = new KeyStores(readFile),
    names = systemNames,
    offline = false,
    strict = false,
    needs = EVERYTHING,
  } = options;
  const reads = recordReads(readFile);
  try {
    const settings = { env, readFile: reads.readFile, now, keyStores, names, offline, strict, needs };
    const loaded = await load(configFile, settings);
    return { ...loaded, files: reads.seen };
  } finally {
    if (options.keyStores === undefined) await keyStores.close();
  }
}

async function load(
  configFile: string,
  { env, readFile, now, keyStores, names, offline, strict, needs }: Required<LoadOptions>,
): Promise<Omit<LoadResult, 'files'>> {
  const text = await readConfigText(configFile, readFile);
  if (typeof text !== 'string') return { snapshot: undefined, problems: text.problems() };

  const { config, parts, report } = readConfig(text, now, strict);
  if (parts === undefined) return { snapshot: undefined, problems: report.problems() };
  const sources = createSources({ configFile, env, readFile, report });
  const loaded = await loadParts(parts, sources, {
    configFile,
    env,
    readFile,
    now,
    report,
    keyStores,
    names,
    offline,
    needs,
  });

  const problems = report.problems();
  const usable = !problems.some(isError);
  const snapshot =
    usable && config !== undefined && loaded !== undefined ? buildSnapshot(config, loaded) : undefined;
  for (const { signer, transport } of snapshot ? allUpstreams(snapshot) : []) {
    if (signer === 'aws4') await loadAws4();
    await loadTransport(transport);
  }
  return { snapshot, problems };
}

async function loadParts(
  config: SalvagedConfig,
  sources: Sources,
  context: KeyContext,
): Promise<Loaded | undefined> {
  const { needs } = context;
  const tls = needs.listeners ? await loadTls(config, sources, context) : [];
  const admin = needs.listeners ? await loadAdmin(config, sources, context) : undefined;
  const { upstream, upstreams } = await loadUpstreams(config, sources, context);
  const clients = await loadClients(config, sources, context);
  const keys = await loadKeys(config, sources, context);
  return upstream === undefined || upstreams === undefined || clients === undefined
    ? undefined
    : { tls, admin, upstream, upstreams, clients, ...keys };
}
