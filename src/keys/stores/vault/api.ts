import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Secret } from '../../../secret.ts';

/** Address and transport settings of a vault. */
export interface VaultServer {
  readonly protocol: 'http:' | 'https:';
  readonly hostname: string;
  readonly port: number;
  /** In front of `/v1`, without a slash at its end; empty for nearly every vault. */
  readonly basePath: string;
  readonly namespace: string | undefined;
  /** PEM text that replaces the system's certificate authorities. */
  readonly ca: string | undefined;
  /** The time for a whole exchange, in milliseconds. */
  readonly timeout: number;
  /** The most at once, when keys are read. */
  readonly requests: number;
  /** What its name is asked of, in place of `dns.lookup`, whose threads all who read files need too. */
  readonly lookup: LookupFunction;
}

interface VaultRequest {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, its segments encoded. */
  readonly path: string;
  readonly token?: Secret;
  readonly body?: Readonly<Record<string, string>>;
}

export interface VaultAnswer {
  readonly status: number;
  /** The JSON; undefined without a body. */
  readonly body: unknown;
}

/** There is no usable answer: no connection, no answer in time, or an unreadable one. */
export class VaultUnreachable extends Error {}

/** @throws VaultUnreachable */
export type AskVault = (request: VaultRequest) => Promise<VaultAnswer>;

export interface VaultConnection {
  readonly ask: AskVault;
  readonly close: () => void;
}

/** A secret is far smaller. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Idle connections are for the keys of one load, whose requests follow each other closely. */
const IDLE_MS = 2000;

/** Redirects are not followed: they would send the token to a host that is not in the config. */
export function connectVault(server: VaultServer): VaultConnection {
  const options = { keepAlive: true, timeout: IDLE_MS, lookup: server.lookup };
  const agent =
    server.protocol === 'http:'
      ? new http.Agent(options)
      : new https.Agent({
          ...options,
          minVersion: 'TLSv1.2',
          // Ignores NODE_TLS_REJECT_UNAUTHORIZED.
          rejectUnauthorized: true,
          ...(server.ca === undefined ? {} : { ca: server.ca }),
        });
  return { ask: (request) => exchange(server, agent, request), close: () => agent.destroy() };
}

async function exchange(server: VaultServer, agent: http.Agent, request: VaultRequest): Promise<VaultAnswer> {
  const signal = AbortSignal.timeout(server.timeout);
  try {
    const response = await send(server, agent, request, signal);
    return { status: response.statusCode ?? 0, body: parse(await readWhole(response)) };
  } catch (error) {
    throw new VaultUnreachable(signal.aborted ? `no answer within ${server.timeout} ms` : reasonOf(error));
  }
}

function send(
  { protocol, hostname, port, basePath, namespace }: VaultServer,
  agent: http.Agent,
  { method, path, token, body }: VaultRequest,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    accept: 'application/json',
    // Agents and proxies of Vault may demand this header, as a defence against forged requests (CSRF, SSRF).
    'x-vault-request': 'true',
    ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
    ...(token === undefined ? {} : { 'x-vault-token': token.reveal() }),
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const { request } = protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    request({ hostname, port, method, path: `${basePath}/v1/${path}`, agent, headers, signal })
      .once('response', resolve)
      .once('error', reject)
      .end(text);
  });
}

async function readWhole(response: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response) {
    parts.push(part);
    length += part.length;
    if (length > MAX_ANSWER_BYTES)
      throw new VaultUnreachable(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new VaultUnreachable('its answer is not JSON');
  }
}

/** Only codes: error messages may quote what was received. */
function reasonOf(error: unknown): string {
  if (error instanceof VaultUnreachable) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no connection';
  return CERTIFICATE_CODES.test(code) ? `its certificate is not trusted (${code})` : code;
}

const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)/;
