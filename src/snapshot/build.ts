import type { Client } from '../clients/client.ts';
import type { Action, Permissions } from '../clients/permissions.ts';
import { parseAddress, parseListenPlace } from '../config/address.ts';
import type { Loaded, LoadedKeys } from '../config/loaded.ts';
import { wholeEntry } from '../config/ring-entry.ts';
import type { Config } from '../config/schema.ts';
import type { RingEntry } from '../keys/ring.ts';
import { normalName } from '../listener/certificate-names.ts';
import type { Front } from '../listener/front.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import { compileRules, type Encryption, type Rule } from '../rules/match.ts';
import { buildUpstream } from './build-upstream.ts';
import type { Snapshot } from './snapshot.ts';
import { bytesOf, milliseconds } from './units.ts';

/**
 * The frozen snapshot of a checked config.
 * @throws TypeError or RangeError when the config was not checked: a snapshot is never incomplete
 */
export function buildSnapshot(config: Config, loaded: Loaded): Snapshot {
  const { documents, clientDocuments, unsizedBodies, documentsWait, documentsSending, ...clientLimits } =
    config.limits;
  const waits = { wait: milliseconds(documentsWait), sending: milliseconds(documentsSending) };
  return deepFreeze({
    listeners: config.listen.map(({ address, auth, admin, ...listener }, index) => ({
      ...placeOf(address, listener.mode),
      tls: loaded.tls[index],
      front: frontOf(listener),
      auth,
      permissions: { admin, grants: 'all' as const },
    })),
    admin: adminOf(config.admin, loaded.admin),
    domains: config.domains.map((domain) => domain.toLowerCase()),
    customDomains: customDomainsOf(config),
    region: config.region,
    sigv2: config.sigv2,
    obs: config.obs,
    upstream: buildUpstream('upstream', config.upstream, loaded.upstream),
    upstreams: new Map(
      Object.entries(config.upstreams).map(([id, upstream]) => [
        id,
        deepFreeze(buildUpstream(`upstreams.${id}`, upstream, loaded.upstreams.get(id))),
      ]),
    ),
    clients: new Map(
      config.clients.flatMap((client, index) =>
        client.anonymous || loaded.clients[index] === 'left out' ? [] : [buildClient(client, loaded, index)],
      ),
    ),
    anonymous: anonymousOf(config),
    rules: compileRules(buildRules(config, loaded), config.default),
    ssecKeys: [...loaded.ssecKeys].map(([id, ssecKey]) => ({
      ssecKey,
      pinned: config.keys[id]?.fingerprint !== undefined,
    })),
    metricLabels: (['client', 'bucket'] as const).filter((label) => config.metrics.labels.includes(label)),
    keySources: new Map(Object.entries(config.keys).map(([id, key]) => [id, sourceOf(key)])),
    ready: {
      required: config.ready.required,
      probe: config.ready.probe === 'off' ? undefined : milliseconds(config.ready.probe),
    },
    workers: config.workers,
    limits: {
      drain: milliseconds(config.drain),
      drainIdle: config.drainIdle === 'off' ? undefined : milliseconds(config.drainIdle),
      clients: clientLimits,
      documents: { most: bytesOf(documents), ...waits },
      clientDocuments: { most: bytesOf(clientDocuments), ...waits },
      unsizedBodies: { most: bytesOf(unsizedBodies), ...waits },
      names: {
        ...config.names,
        timeout: milliseconds(config.names.timeout),
        ttl: milliseconds(config.names.ttl),
        keep: milliseconds(config.names.keep),
        keepInsecure: milliseconds(config.names.keepInsecure),
      },
      admin: { connections: config.admin.connections, patience: milliseconds(config.admin.timeout) },
      memory: config.memory,
      logBuffer: bytesOf(config.log.buffer),
    },
    timeouts: {
      handshake: milliseconds(config.timeouts.handshake),
      head: milliseconds(config.timeouts.head),
      body: milliseconds(config.timeouts.body),
      document: milliseconds(config.timeouts.document),
      answer: milliseconds(config.timeouts.answer),
      keepAlive: milliseconds(config.timeouts.keepAlive),
      refusal: milliseconds(config.timeouts.refusal),
    },
    watch: config.reload.watch === 'off' ? undefined : milliseconds(config.reload.watch),
    keyRefresh: config.reload.keys === 'off' ? undefined : milliseconds(config.reload.keys),
    tracing: config.tracing,
    logLevel: config.log.level,
    logFormat: config.log.format,
    logSample: config.log.sample,
    audit: config.audit && { ...config.audit, buffer: bytesOf(config.audit.buffer) },
  });
}

/** Undefined where nobody is believed: then a connection is the client's own. */
function frontOf({
  proxyProtocol,
  forwardedFor,
  trusted,
}: Pick<Config['listen'][number], 'proxyProtocol' | 'forwardedFor' | 'trusted'>): Front | undefined {
  return proxyProtocol || forwardedFor ? { proxyProtocol, forwardedFor, trusted } : undefined;
}

function adminOf({ address, debug }: Config['admin'], loaded: Loaded['admin']): Snapshot['admin'] {
  return address === 'off' ? undefined : { ...addressOf(address), ...loaded, debug };
}

function buildClient(
  { allow, admin, publicUrl, certificate }: Config['clients'][number],
  { clients }: Loaded,
  index: number,
): [string, Client] {
  const loaded = clients[index];
  if (loaded === undefined || typeof loaded === 'string')
    throw new TypeError(`clients[${index}] was not loaded`);
  const grants: Permissions['grants'] = allow ? grantsOf(allow, ['read', 'write', 'list', 'delete']) : 'all';
  const permissions = { admin, grants };
  return [
    loaded.own.accessKeyId,
    deepFreeze({
      ...loaded.own,
      sessionToken: loaded.sessionToken,
      publicHost: publicUrl === undefined ? undefined : new URL(publicUrl).host,
      signers: loaded.signers,
      permissions,
      certificate: certificate === undefined ? undefined : normalName(certificate),
    }),
  ];
}

/** Undefined where there are none: then no Host is looked up. */
function customDomainsOf({ customDomains }: Config): Snapshot['customDomains'] {
  const entries = Object.entries(customDomains).map(
    ([name, bucket]) => [name.toLowerCase(), bucket] as const,
  );
  return entries.length === 0 ? undefined : new Map(entries);
}

/** @throws TypeError without an `allow`: a snapshot never opens more than was written */
function anonymousOf({ clients }: Config): Permissions | undefined {
  const client = clients.find(({ anonymous }) => anonymous);
  if (!client) return undefined;
  if (!client.allow) throw new TypeError('an anonymous client needs an allow');
  return { admin: false, anonymous: true, grants: grantsOf(client.allow, ['read']) };
}

function grantsOf(allow: Allow, byDefault: readonly Action[]): Exclude<Permissions['grants'], 'all'> {
  return allow.map(({ actions = byDefault, ...grant }) => ({ ...grant, actions: new Set(actions) }));
}

type Allow = NonNullable<Config['clients'][number]['allow']>;

function buildRules({ rules, keys }: Config, loaded: LoadedKeys): Rule[] {
  return rules.map(
    ({ match, encrypt, plainReads, clientHeaders, foreignUploads, declassify, upstream }, index) =>
      deepFreeze({
        name: `rules[${index}]`,
        bucket: match.bucket,
        prefix: match.prefix,
        encryption: encrypt === 'off' ? { kind: 'off' as const } : buildRing(encrypt, keys, loaded),
        plainReads,
        clientHeaders,
        foreignUploads,
        declassify,
        upstream,
      }),
  );
}

type Entries = Exclude<Config['rules'][number]['encrypt'], 'off'>;

function buildRing(entries: Entries, keys: Config['keys'], { ssecKeys, missing }: LoadedKeys): Encryption {
  const waitsFor = entries.flatMap((entry) => {
    const { key: id = '' } = wholeEntry(entry);
    const cause = missing.get(id);
    return cause === undefined ? [] : [{ id, cause }];
  });
  const absent = new Set(waitsFor.map(({ id }) => id));
  const there = entries.filter((entry) => !absent.has(wholeEntry(entry).key ?? ''));
  const [first, ...older] = there.map((entry): RingEntry => {
    const { key: id = '', derive, context } = wholeEntry(entry);
    const ssecKey = ssecKeys.get(id);
    if (ssecKey === undefined) throw new TypeError(`there is no key "${id}"`);
    const from = keys[id]?.writesFrom;
    return {
      ssecKey,
      ...(derive === undefined ? {} : { derive: { context } }),
      ...(from === undefined ? {} : { writesFrom: new Date(from) }),
    };
  });
  const held = first && ([first, ...older] as const);
  if (waitsFor.length > 0) return { kind: 'waiting', waitsFor, ...(held ? { held } : {}) };
  if (first === undefined) throw new TypeError('a rule that encrypts needs a key');
  return { kind: 'ssec', ring: [first, ...older] };
}

function placeOf(text: string, mode = '0660'): Pick<ListenerSettings, 'host' | 'port' | 'socket'> {
  const place = parseListenPlace(text);
  if (place === undefined) throw new TypeError('an address is not "host:port"');
  if (place.kind === 'address') return { host: place.host, port: place.port };
  const socket = place.kind === 'unix' ? { ...place, mode: Number.parseInt(mode, 8) } : place;
  return { host: 'localhost', port: 0, socket };
}

function sourceOf({ vault, ...others }: Config['keys'][string]): string {
  if (vault) return `vault:${vault.server}`;
  return (
    (['file', 'directory', 'env', 'exec'] as const).find((kind) => others[kind] !== undefined) ?? 'unknown'
  );
}

function addressOf(text: string): { host: string; port: number } {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError('an address is not "host:port"');
  return { host: address.host, port: address.port };
}

/**
 * Freezes plain objects and lists recursively; a Map can't be frozen, so its type is read-only instead. A regular expression
 * could be, but then V8 matches by it in a slow way.
 */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof RegExp) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
