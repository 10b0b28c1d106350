import { type Credentials, Secret } from '../secret.ts';
import { loadCredentials } from './load-credentials.ts';
import type { Loaded, LoadedClient } from './loaded.ts';
import type { Needs } from './needs.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import type { SalvagedConfig } from './semantics.ts';
import type { Sources } from './sources.ts';

/** In the order of the config; undefined when one could not be loaded. */
export async function loadClients(
  config: SalvagedConfig,
  sources: Sources,
  { report, needs }: { readonly report: Report; readonly needs: Needs },
): Promise<Loaded['clients'] | undefined> {
  if (needs.clients === 'all') return await loadAll(config, sources, report);
  return await Promise.all((config.clients ?? []).map((client) => loadId(client, sources, needs)));
}

/** A client that is only named: nothing is signed or verified with what it has. */
async function loadId(
  client: Client | undefined,
  sources: Sources,
  { clients }: Needs,
): Promise<Loaded['clients'][number]> {
  if (client?.anonymous === true) return 'anonymous';
  const accessKeyId =
    clients === 'ids' ? await sources.silently.accessKeyId(client?.accessKeyId, ['clients']) : undefined;
  if (accessKeyId === undefined) return 'left out';
  return {
    own: { accessKeyId, secretAccessKey: new Secret('') },
    sessionToken: undefined,
    signers: new Map(),
  };
}

async function loadAll(
  { clients }: SalvagedConfig,
  sources: Sources,
  report: Report,
): Promise<Loaded['clients'] | undefined> {
  const loaded: (LoadedClient | 'anonymous' | undefined)[] = [];
  const seen = new Map<string, number>();
  for (const [index, client] of (clients ?? []).entries()) {
    if (client?.anonymous === true) {
      loaded.push('anonymous');
      continue;
    }
    const path: Path = ['clients', index];
    const own = await loadCredentials(client, path, sources);
    const signers = await loadSigners(client, own, path, sources);
    const token = client?.sessionToken;
    const sessionToken =
      token === undefined ? undefined : await sources.secret(token, [...path, 'sessionToken']);
    loaded.push(own && { own, sessionToken, signers });
    if (own === undefined) continue;
    const twin = seen.get(own.accessKeyId);
    if (twin === undefined) seen.set(own.accessKeyId, index);
    else report.error([...path, 'accessKeyId'], `clients[${twin}] already has this access key id`);
  }
  return loaded.every((client) => client !== undefined) ? loaded : undefined;
}

type Client = Salvaged<Config['clients'][number]>;

/** The credentials of a client at the upstreams for which the config names some, by upstream. */
async function loadSigners(
  client: Client | undefined,
  own: Credentials | undefined,
  path: Path,
  sources: Sources,
): Promise<Map<string, Credentials>> {
  const stated = [
    { name: 'upstream', refs: client?.upstream, at: [...path, 'upstream'] },
    ...Object.entries(client?.upstreams ?? {}).map(([id, refs]) => ({
      name: `upstreams.${id}`,
      refs,
      at: [...path, 'upstreams', id],
    })),
  ];
  const signers = new Map<string, Credentials>();
  for (const { name, refs, at } of stated) {
    const pair = typeof refs === 'object' ? refs : undefined;
    const signer = refs === 'same' ? own : await loadCredentials(pair, at, sources);
    if (signer) signers.set(name, signer);
  }
  return signers;
}
