import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { makeCertificates } from '../../../src/cli/certificate.ts';
import type { Stand } from './stands.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
  readonly body: string;
}

/** Answers one request; without it the fake behaves as a vault does. */
export type Behaviour = (asked: Asked, response: ServerResponse) => boolean;

/** A server over TLS that speaks the few paths of a vault that the proxy asks, and misbehaves on demand. */
export interface FakeVault {
  readonly address: string;
  /** PEM file of its authority. */
  readonly ca: string;
  readonly asked: Asked[];
  /** The value of the field `key` of `secret/ssec`; undefined is a secret that is not there. */
  value: string | undefined;
  /** Of the tokens that it gives from now on, in seconds. */
  ttl: number;
  behave: Behaviour | undefined;
  /** Tokens that it gave and did not end. */
  readonly tokens: Set<string>;
}

export async function fakeVault(t: Test, folder: string): Promise<FakeVault> {
  const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const vault: FakeVault = {
    address: '',
    ca: join(folder, 'vault-ca.pem'),
    asked: [],
    value: undefined,
    ttl: 3600,
    behave: undefined,
    tokens: new Set(),
  };
  const server = https.createServer({ cert, key }, (request, response) => {
    void readAll(request).then((asked) => {
      vault.asked.push(asked);
      if (vault.behave?.(asked, response) !== true) answer(vault, asked, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  writeFileSync(vault.ca, ca);
  return Object.assign(vault, { address: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

export function reply(response: ServerResponse, status: number, body: unknown): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
}

/** A vault as one more store of the table. */
export async function vaultStand(folder: string, t: Test): Promise<Stand> {
  const vault = await fakeVault(t, folder);
  return {
    source: 'vault: { server: main, path: ssec }\n    format: hex',
    config: vaultConfig(vault, 'timeout: 5s'),
    env: { ROLE_ID: 'role', SECRET_ID: 'secret-id-hunter2' },
    become: (state) => {
      vault.value = state.kind === 'holds' ? Buffer.from(state.bytes).toString('hex') : undefined;
      vault.behave = undefined;
      if (state.kind === 'unreachable')
        vault.behave = (_asked, { socket }) => socket?.destroy() !== undefined;
      if (state.kind === 'slow') vault.behave = () => true;
    },
  };
}

export function vaultConfig({ address, ca }: FakeVault, more = ''): string {
  return `vaults:
  main:
    address: ${address}
    ca: ${ca}
    auth: { appRole: { roleId: { env: ROLE_ID }, secretId: { env: SECRET_ID } } }
    ${more}
`;
}

async function readAll(request: IncomingMessage): Promise<Asked> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const header = (name: string): string | undefined => request.headers[name]?.toString();
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    token: header('x-vault-token'),
    namespace: header('x-vault-namespace'),
    body: Buffer.concat(parts).toString(),
  };
}

function answer(vault: FakeVault, { method, path, token }: Asked, response: ServerResponse): void {
  const grant = (client_token: string) => {
    vault.tokens.add(client_token);
    return { auth: { client_token, lease_duration: vault.ttl, renewable: true } };
  };
  if (path.endsWith('/login')) return void reply(response, 200, grant(`token-${vault.asked.length}`));
  if (token === undefined || !vault.tokens.has(token))
    return void reply(response, 403, { errors: ['permission denied'] });
  const call = `${method} ${path}`;
  if (call === 'POST /v1/auth/token/renew-self') return void reply(response, 200, grant(token));
  if (call === 'POST /v1/auth/token/revoke-self') {
    vault.tokens.delete(token);
    return void response.writeHead(204).end();
  }
  if (call === 'GET /v1/auth/token/lookup-self')
    return void reply(response, 200, { data: { ttl: vault.ttl, renewable: true } });
  const found = call === 'GET /v1/secret/data/ssec' && vault.value !== undefined;
  if (!found) return void reply(response, 404, { errors: [] });
  reply(response, 200, { data: { data: { key: vault.value }, metadata: { version: 1 } } });
}
