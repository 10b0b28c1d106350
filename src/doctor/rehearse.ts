import type { Client } from '../clients/client.ts';
import { permits } from '../clients/permissions.ts';
import { OBS } from '../dialects/obs.ts';
import { makeLog } from '../log.ts';
import { startProxy } from '../proxy/serve.ts';
import { PROVIDERS } from '../s3/providers.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { storeClient } from '../store-client/client.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { get, isFailure, wordsOf } from './ask.ts';
import type { Bench } from './bench.ts';
import type { Checked } from './finding.ts';
import { linkClient } from './link-client.ts';
import { replay } from './replay.ts';
import type { Sequence } from './sequences/step.ts';

export interface Rehearsal {
  readonly snapshot: Snapshot;
  readonly clock: () => Date;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Replays the requests of a client through a proxy with this config, on a loopback listener of its own: as the first
 * client of the config that may write there, or without authentication if the config has no clients. Then checks at the
 * store itself that everything stored is encrypted.
 */
export async function rehearse(
  sequence: Sequence,
  bench: Bench,
  rehearsal: Rehearsal,
): Promise<readonly Checked[]> {
  const { snapshot } = rehearsal;
  const check = sequence.client;
  const client = [...snapshot.clients.values()].find(
    ({ permissions, sessionToken }) =>
      sessionToken === undefined && permits(permissions, 'write', bench.bucket, bench.folder),
  );
  if (!client && snapshot.clients.size > 0)
    return [
      {
        check,
        grade: 'stop',
        found: 'no client of the config may write here',
        fix: 'allow it in clients[].allow',
      },
    ];
  if (sequence.dialect === 'obs' && !snapshot.obs)
    return [
      {
        check,
        grade: 'stop',
        found: 'the proxy does not accept the OBS signature, with which this client signs by itself',
        fix: 'obs: true',
      },
    ];
  const causes: string[] = [];
  const proxy = await startProxy(
    { ...snapshot, listeners: [listener(client)], admin: undefined },
    makeLog('info', { write: (line) => noteCause(line, causes) }),
    { clock: rehearsal.clock },
  );
  const [url = ''] = proxy.urls;
  const there = asUpstream(url, client, bench.upstream, sequence.dialect);
  const { steps } = sequence;
  const able = steps.filter(({ needs }) => needs === undefined || needs === bench.upstream.provider.name);
  const { clock, random, signal } = rehearsal;
  const through = storeClient(there, { clock, random, signal, connections: 2 });
  const links = linkClient(there, rehearsal);
  try {
    const { bucket, folder, bytes } = bench;
    const stage = {
      bench: { client: through },
      links: { client: links },
      inspect: (name: string) => inspect(`${folder}${name}`, bench),
      bucket,
      folder,
      bytes,
    };
    const { trouble, requests, inspected, stored } = await replay({ steps: able }, stage);
    for (const name of stored) bench.made.add(`${folder}${name}`);
    if (trouble !== undefined) return [stumbled(sequence, trouble, causes.at(-1))];
    const how = ORIGINS[sequence.from];
    return [
      {
        check,
        grade: 'fine',
        found: `${requests} requests (${how}) got the right responses: ${sequence.doing}${leftOut(steps.length - able.length)}`,
      },
      {
        check,
        grade: 'fine',
        found: `${inspected} writes were checked at the store: without a key it returned none of the objects`,
      },
    ];
  } finally {
    through.close();
    links.close();
    await proxy.stop();
  }
}

const ORIGINS: Readonly<Record<Sequence['from'], string>> = {
  recorded: 'recorded from it',
  library: 'recorded from its library, in the order of its source code',
};

function leftOut(number: number): string {
  return number === 0 ? '' : `. ${number} requests that only OBS has were left out`;
}

function stumbled({ client }: Sequence, trouble: string, cause: string | undefined): Checked {
  return {
    check: client,
    grade: 'stop',
    found: trouble,
    ...(cause === undefined ? {} : { meaning: `the proxy's log says: ${cause}` }),
  };
}

/** Asks the store itself, without a key. Every known store answers 400; another status may have another reason. */
async function inspect(objectKey: string, bench: Bench): Promise<string | undefined> {
  const answer = await get(bench, objectKey, undefined, 'HEAD');
  if (!isFailure(answer)) return 'it lies at the store UNENCRYPTED';
  if (answer.status === 400) return undefined;
  return answer.status === 404
    ? 'the store does not have it'
    : `it is unclear whether it is encrypted: without a key the store says ${wordsOf(answer)}`;
}

function listener(client: Client | undefined): Snapshot['listeners'][number] {
  const permissions = { admin: false, grants: 'all' as const };
  return { host: '127.0.0.1', port: 0, tls: undefined, auth: client ? 'sigv4' : 'none', permissions };
}

/** The proxy as a store, from a client's point of view. */
function asUpstream(
  url: string,
  client: Client | undefined,
  upstream: Upstream,
  dialect: Sequence['dialect'],
): Upstream {
  const { hostname, port } = new URL(url);
  const nobody = upstream.credentials;
  return {
    ...upstream,
    name: 'the proxy',
    protocol: 'http:',
    hostname,
    port: Number(port),
    basePath: '',
    addressing: 'path',
    provider: PROVIDERS.generic,
    dialect: dialect === 'obs' ? OBS : undefined,
    ca: undefined,
    credentials: client ?? { ...nobody, accessKeyId: 'rehearsal' },
  };
}

function noteCause(line: string, causes: string[]): void {
  const { cause } = JSON.parse(line) as { cause?: unknown };
  if (typeof cause === 'string') causes.push(cause);
}
