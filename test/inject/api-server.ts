import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../src/cli/certificate.ts';
import type { Cluster } from '../../src/inject/api/cluster-api.ts';
import { applyPatch, type Step, TestFailed } from './apply-patch.ts';

type Json = Record<string, unknown>;

export interface ApiServer {
  readonly cluster: Cluster;
  /** By path. Each write counts `metadata.resourceVersion` up. */
  readonly objects: Map<string, Json>;
  /** What was asked, as "GET /path". */
  readonly asked: string[];
  /** Answers with this status in place of its own; by "METHOD /path". */
  readonly refuse: Map<string, number>;
  /** Waits for this before each answer. */
  hold: Promise<unknown> | undefined;
  version: Json;
  /** The token that it knows. */
  token: string;
  close(): Promise<void>;
}

/** What the injector asks of an API server, as the API's concepts say it answers. */
export async function startApiServer(namespace = 'storage'): Promise<ApiServer> {
  const { ca, cert, key } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const account = mkdtempSync(join(tmpdir(), 'ssec-proxy-account-'));
  const objects = new Map<string, Json>();
  const api: Omit<ApiServer, 'cluster' | 'close'> = {
    objects,
    asked: [],
    refuse: new Map(),
    hold: undefined,
    version: { major: '1', minor: '33+' },
    token: 'a-token',
  };
  const server = https.createServer({ cert, key }, (request, response) => {
    void reply(request, api).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const [name, text] of Object.entries({ token: `${api.token}\n`, 'ca.crt': ca, namespace }))
    writeFileSync(join(account, name), text);
  const { port } = server.address() as AddressInfo;
  return Object.assign(api, {
    cluster: { host: '127.0.0.1', port, account },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(account, { recursive: true });
    },
  });
}

type Reply = readonly [number, unknown];

const status = (code: number): Reply => [code, { kind: 'Status', code }];

async function reply(request: IncomingMessage, api: Omit<ApiServer, 'cluster' | 'close'>): Promise<Reply> {
  const { method = '', url = '' } = request;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  await api.hold;
  api.asked.push(`${method} ${url}`);
  if (request.headers.authorization !== `Bearer ${api.token}`) return status(401);
  const refusal = api.refuse.get(`${method} ${url}`);
  if (refusal !== undefined) return status(refusal);
  if (url === '/version') return [200, api.version];
  const held = api.objects.get(url);
  if (!held) return status(404);
  if (method === 'GET') return [200, held];
  if (method !== 'PATCH') return status(405);
  const patched = patch(held, request.headers['content-type'], JSON.parse(Buffer.concat(parts).toString()));
  if (typeof patched === 'number') return status(patched);
  api.objects.set(url, patched);
  return [200, patched];
}

function patch(held: Json, type: string | undefined, body: unknown): Json | number {
  const next = patched(held, type, body);
  if (typeof next === 'number') return next;
  const before = held.metadata as Json;
  const after = next.metadata as Json;
  // "the resourceVersion … is a precondition": a patch that carries another one conflicts.
  if (after.resourceVersion !== before.resourceVersion) return 409;
  return { ...next, metadata: { ...after, resourceVersion: String(Number(before.resourceVersion) + 1) } };
}

function patched(held: Json, type: string | undefined, body: unknown): Json | number {
  if (type === 'application/merge-patch+json') return merged(held, body) as Json;
  if (type !== 'application/json-patch+json') return 415;
  try {
    return applyPatch(held, body as Step[]);
  } catch (error) {
    if (error instanceof TestFailed) return 422;
    throw error;
  }
}

/** RFC 7396. */
function merged(target: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const result: Json =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
