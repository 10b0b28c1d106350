import https from 'node:https';
import { join } from 'node:path';
import { type ReadFile, readFailure } from '../../files.ts';
import { systemNames } from '../../upstream/names/names.ts';

/** Where the API server is, and what the pod has to be known there by. */
export interface Cluster {
  readonly host: string;
  readonly port: number;
  /** The folder of the service account: `token`, `ca.crt` and `namespace`. */
  readonly account: string;
}

interface ApiRequest {
  readonly method: 'GET' | 'PATCH';
  /** With its segments encoded: see `pathOf`. */
  readonly path: string;
  readonly body?: { readonly type: PatchType; readonly value: unknown };
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
type PatchType = 'application/json-patch+json' | 'application/merge-patch+json';

export interface ApiAnswer {
  readonly status: number;
  /** The JSON; undefined for any other text. */
  readonly body: unknown;
}

/** There is no usable answer: no connection, none in time, or no credentials to ask with. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
}

/** @throws ApiUnreachable */
export type AskApi = (request: ApiRequest) => Promise<ApiAnswer>;

/** etcd holds objects of 1.5 MiB at most; their JSON escapes and repeats. */
const MOST_BYTES = 8 * 1024 * 1024;

/** For a whole exchange, well below the time that the API server gives a webhook. */
const PATIENCE_MS = 4000;

/** The few calls that the injector makes. Redirects are not followed: they would take the token elsewhere. */
export function connectApi(
  cluster: Cluster,
  readFile: ReadFile,
  patience = PATIENCE_MS,
): { readonly ask: AskApi; readonly close: () => void } {
  // Ignores NODE_TLS_REJECT_UNAUTHORIZED.
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 32,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    lookup: systemNames.lookupFor('https:'),
  });
  const ask: AskApi = async (request) => {
    const signal = AbortSignal.timeout(patience);
    // The kubelet renews the token, and rarely the authority: each call reads both.
    const [token, ca] = await Promise.all(
      ['token', 'ca.crt'].map((name) => readText(join(cluster.account, name), readFile)),
    );
    try {
      const response = await send(request, { cluster, agent, signal, token: token?.trim(), ca });
      return { status: response.statusCode ?? 0, body: parsed(await whole(response)) };
    } catch (error) {
      if (error instanceof ApiUnreachable) throw error;
      throw new ApiUnreachable(signal.aborted ? `no answer within ${patience} ms` : reasonOf(error));
    }
  };
  return { ask, close: () => agent.destroy() };
}

/** `pathOf('api', 'v1', 'namespaces', namespace)`: no segment can become two. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

/** @throws ApiUnreachable */
export async function readText(file: string, readFile: ReadFile): Promise<string> {
  try {
    return Buffer.from((await readFile(file)).bytes).toString('utf8');
  } catch (error) {
    throw new ApiUnreachable(`${file} can't be read: ${readFailure(error)}`);
  }
}

interface Sending {
  readonly cluster: Cluster;
  readonly agent: https.Agent;
  readonly signal: AbortSignal;
  readonly token: string | undefined;
  readonly ca: string | undefined;
}

type Response = import('node:http').IncomingMessage;

function send(
  { method, path, body }: ApiRequest,
  { cluster, agent, signal, token, ca }: Sending,
): Promise<Response> {
  const text = body === undefined ? undefined : JSON.stringify(body.value);
  const headers = {
    accept: 'application/json',
    'user-agent': 'ssec-proxy-injector',
    authorization: `Bearer ${token}`,
    ...(text === undefined || body === undefined
      ? {}
      : { 'content-type': body.type, 'content-length': Buffer.byteLength(text) }),
  };
  const { host, port } = cluster;
  return new Promise((resolve, reject) => {
    https
      .request({ host, port, method, path, agent, headers, signal, ...(ca === undefined ? {} : { ca }) })
      .once('response', resolve)
      .once('error', reject)
      .end(text);
  });
}

async function whole(response: Response): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BYTES) throw new ApiUnreachable(`an answer has more than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only codes: the message of an error may quote what was sent. */
function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no connection';
}
