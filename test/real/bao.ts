import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { isRecord } from '../../src/json.ts';
import { freePort } from '../matrix/stores/free-port.ts';

/** A real OpenBao, unsealed, with its storage in memory. */
export interface Bao {
  readonly folder: string;
  readonly address: string;
  /** PEM text and file of its authority. */
  readonly ca: string;
  readonly caFile: string;
  /** Asks it as root, below `/v1/`; `namespace` is where. @throws when it answers with an error */
  readonly api: (
    method: string,
    path: string,
    body?: object,
    namespace?: string,
  ) => Promise<Record<string, unknown>>;
  readonly unseal: () => Promise<void>;
  readonly process: ChildProcess;
}

export async function startBao(t: Test, program: string): Promise<Bao> {
  const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-bao-'));
  const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const port = Number(await freePort());
  const files = { 'ca.pem': ca, 'tls.crt': cert, 'tls.key': key, 'bao.hcl': configOf(folder, port) };
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  const child = spawn(program, ['server', `-config=${join(folder, 'bao.hcl')}`], {
    stdio: 'ignore',
    env: {},
  });
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const address = `https://127.0.0.1:${port}`;
  let root: string | undefined;
  const api: Bao['api'] = (method, path, body, namespace) =>
    ask({ method, url: `${address}/v1/${path}`, ca, token: root, namespace }, body);
  const initialised = await whenUp(() => api('POST', 'sys/init', { secret_shares: 1, secret_threshold: 1 }));
  const [unsealKey] = initialised.keys as string[];
  root = String(initialised.root_token);
  const unseal = async (): Promise<void> => {
    await api('POST', 'sys/unseal', { key: unsealKey });
    // Until it leads, it says that it does not.
    await whenUp(() => api('GET', 'sys/mounts'));
  };
  await unseal();
  return { folder, address, ca, caFile: join(folder, 'ca.pem'), api, unseal, process: child };
}

function configOf(folder: string, port: number): string {
  return `storage "inmem" {}
listener "tcp" {
  address = "127.0.0.1:${port}"
  tls_cert_file = "${folder}/tls.crt"
  tls_key_file = "${folder}/tls.key"
}
api_addr = "https://127.0.0.1:${port}"
`;
}

async function whenUp<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      return await call();
    } catch {
      await pause(100);
    }
  }
  return await call();
}

interface Call {
  readonly method: string;
  readonly url: string;
  readonly ca: string;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
}

async function ask(
  { method, url, ca, token, namespace }: Call,
  body?: object,
): Promise<Record<string, unknown>> {
  const headers = {
    ...(token && { 'x-vault-token': token }),
    ...(namespace && { 'x-vault-namespace': namespace }),
  };
  const request = https.request(url, { method, ca, headers, agent: false });
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response) text += String(part);
  const answer: unknown = text === '' ? {} : JSON.parse(text);
  if (response.statusCode >= 300 || !isRecord(answer))
    throw new Error(`${method} ${url}: ${response.statusCode} ${text}`);
  return answer;
}
