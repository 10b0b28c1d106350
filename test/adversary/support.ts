import type { IncomingMessage, RequestListener } from 'node:http';
import http from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Test } from 'tap';
import type { Client } from '../../src/clients/client.ts';
import type { Permissions } from '../../src/clients/permissions.ts';
import { makeLog } from '../../src/log.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { PROVIDERS, type Provider } from '../../src/s3/providers.ts';
import { type Credentials, Secret } from '../../src/secret.ts';
import type { CopyLimits } from '../../src/snapshot/copy-limits.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { exchangeOf, httpStore } from '../e2e/wire.ts';
import { aws4Signer } from '../support/signers.ts';
import { snapshotOf, testCredentials, testSsecKey } from '../support/snapshot.ts';
import { answeredInS3, IN_OBS, signedInObs } from './in-obs.ts';

export const REGION = 'eu-test-1';
export const SSEC_KEY = testSsecKey('adversary');
export const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';
/** What the proxy signs with at the store. */
export const UPSTREAM = testCredentials('upstream');

/** A proxy over plain HTTP, with what it says of itself. */
export interface Front {
  readonly port: number;
  /** Lines of its log, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

interface FrontSettings {
  /** Port of the store on 127.0.0.1. */
  readonly port: number;
  readonly provider?: Provider;
  readonly rules?: NonNullable<Parameters<typeof snapshotOf>[0]>['rules'];
  /** With clients, requests must be signed by one of them. */
  readonly clients?: readonly Client[];
  /** What unsigned requests may do; nothing unless said. */
  readonly anonymous?: Permissions;
  readonly upstream?: Partial<Snapshot['upstream']>;
  readonly sigv2?: boolean;
  readonly obs?: boolean;
  readonly domains?: readonly string[];
  readonly customDomains?: Snapshot['customDomains'];
  readonly copies?: CopyLimits;
  readonly limits?: Partial<Snapshot['limits']>;
  readonly timeouts?: Snapshot['timeouts'];
  readonly upstreams?: Snapshot['upstreams'];
  readonly now?: () => Date;
  /** How the names of stores become addresses. */
  readonly lookup?: LookupFunction;
}

/** Encrypts `secret` and `other`, leaves `plain` plain and denies everything else, unless `rules` say otherwise. */
export async function startFront(t: Test, settings: FrontSettings): Promise<Front> {
  const {
    port,
    provider = PROVIDERS.aws,
    now,
    lookup,
    upstream = {},
    copies,
    sigv2 = false,
    obs = IN_OBS,
    limits,
    timeouts,
    domains = [],
    customDomains,
  } = settings;
  // Without a signature nobody speaks the dialect.
  const signs = IN_OBS && settings.clients === undefined && settings.anonymous === undefined;
  const clients = signs ? [ANYBODY] : (settings.clients ?? []);
  const rules = settings.rules ?? [
    { bucket: 'secret', encrypt: [SSEC_KEY] },
    { bucket: 'other', encrypt: [SSEC_KEY] },
    { bucket: 'plain', encrypt: 'off' },
  ];
  const snapshot: Snapshot = {
    ...snapshotOf({
      rules,
      clients,
      sigv2,
      obs,
      domains,
      customDomains,
      ...(settings.upstreams && { upstreams: settings.upstreams }),
      upstream: {
        protocol: 'http:',
        hostname: '127.0.0.1',
        port,
        provider,
        credentials: UPSTREAM,
        timeouts: { connect: 5000, headers: 5000, idle: 5000, document: 60_000, keepAlive: 1000 },
        ...upstream,
      },
      listeners: [
        {
          host: '127.0.0.1',
          port: 0,
          tls: undefined,
          auth: clients.length === 0 ? 'none' : 'sigv4',
          permissions: { admin: true, grants: 'all' },
        },
      ],
    }),
    admin: { host: '127.0.0.1', port: 0 },
    ...(settings.anonymous && { anonymous: settings.anonymous }),
    ...(timeouts && { timeouts }),
    limits: { drain: 1000, ...(copies ? { copies } : {}), ...limits },
  };
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const proxy = await startProxy(snapshot, makeLog('info', destination), {
    ...(now && { clock: now }),
    ...(lookup && { lookup }),
  });
  t.teardown(() => proxy.stop());
  const opened = Number(new URL(proxy.urls[0] ?? '').port);
  if (signs) signing.add(opened);
  return {
    port: opened,
    log,
    stop: () => proxy.stop(),
    metrics: () => textOf(proxy.adminPort ?? 0, '/metrics'),
  };
}

/** Ports at which whoever says nothing of it is this client. */
const signing = new Set<number>();

/** A request in decoded form, for whom it concerns. */
export interface Ask {
  readonly method: string;
  /** Encoded, with the query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Who signs it; nobody unless said. */
  readonly as?: Credentials;
}

/** What came back, one character a byte. */
export interface Got {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** The S3 code of an error. */
  readonly code: string | undefined;
  /** Head and body. */
  readonly text: string;
}

/** Sends one request over a connection of its own. */
export async function ask(
  t: Test,
  port: number,
  { method, target, headers = {}, body = '', as = signing.has(port) ? ANYBODY : undefined }: Ask,
): Promise<Got> {
  const [path = '/', query = ''] = target.split('?');
  const host = `127.0.0.1:${port}`;
  const sized: Record<string, string> = {
    ...(body !== '' || method === 'PUT' || method === 'POST'
      ? { 'content-length': String(body.length) }
      : {}),
    ...headers,
  };
  const unsigned = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...sized };
  const request = { method, path, query: Object.fromEntries(new URLSearchParams(query)), headers: unsigned };
  const now = new Date();
  const inObs = IN_OBS && as !== undefined;
  const fields = inObs
    ? signedInObs({ method, target, headers: { host, ...sized } }, as, now)
    : as
      ? await aws4Signer(request, { credentials: as, region: REGION, now })
      : { host, ...sized };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const text = await exchangeOf(t, port, [`${method} ${target} HTTP/1.1`, ...lines], body);
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end);
  if (inObs) t.notMatch(head, /^x-amz-/im, `${method} ${target} is answered in the dialect that it came in`);
  const seen = inObs ? answeredInS3(head) : head;
  return {
    status: Number(text.slice(9, 12)),
    head: seen,
    body: text.slice(end + 4),
    code: /<Code>([^<]*)<\/Code>/.exec(text)?.[1],
    text: `${seen}${text.slice(end)}`,
  };
}

/** The answer without what differs between any two: ids and dates. */
export function faceless({ text }: Got): string {
  return text
    .replaceAll(/\b[0-9A-F]{16}\b/g, 'ID')
    .replaceAll(/^date: .*$/gim, 'date')
    .replaceAll(/<Resource>[^<]*<\/Resource>/g, '<Resource/>')
    .replaceAll(/^content-length: .*$/gim, 'length');
}

/** A client with these grants, and the store's own credentials behind it. */
export function clientWith(accessKeyId: string, permissions: Permissions): Client {
  const secretAccessKey = new Secret(`secret of ${accessKeyId} for tests`);
  return { accessKeyId, secretAccessKey, signers: new Map([['upstream', UPSTREAM]]), permissions };
}

/** May do everything. */
const ANYBODY = clientWith('anybody', { admin: true, grants: 'all' });

export interface Stub {
  readonly port: number;
  readonly requests: readonly IncomingMessage[];
}

/** A store that reads what it is sent, echoes the SSE-C key, and answers as the handler says. */
export async function startStub(t: Test, handler: RequestListener): Promise<Stub> {
  return await httpStore(t, (request, response) => {
    request.resume().once('end', () => handler(request, response));
  });
}

function textOf(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve(text));
      })
      .once('error', reject);
  });
}
