import { once } from 'node:events';
import https from 'node:https';
import type { Test } from 'tap';
import { makeSelfSigned } from '../../src/cli/certificate.ts';
import { readFromDisk } from '../../src/files.ts';
import { DAYS } from '../../src/inject/certificate/renewal.ts';
import { type InjectorSettings, type InjectorTimes, runInjector } from '../../src/inject/run.ts';
import type { WebhookBounds } from '../../src/inject/webhook.ts';
import { type Logger, makeLog } from '../../src/log.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { IMAGE, MAPS, profileMap } from './fixture.ts';

export const SECRET = '/api/v1/namespaces/storage/secrets/injector-tls';
export const CONFIGURATION =
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/ssec-proxy-injector';

/** An API server with what the chart makes, and one profile. */
export async function cluster(t: Test): Promise<ApiServer> {
  const api = await startApiServer();
  t.teardown(() => api.close());
  api.objects.set(SECRET, {
    kind: 'Secret',
    metadata: { name: 'injector-tls', labels: { a: 'b' }, resourceVersion: '1' },
  });
  api.objects.set(CONFIGURATION, {
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'ssec-proxy-injector', resourceVersion: '7' },
    webhooks: [{ name: 'inject.ssec-proxy.io', clientConfig: { service: { name: 'injector' } } }],
  });
  api.objects.set(`${MAPS}/ssec-proxy-app`, profileMap());
  return api;
}

export interface Injector {
  readonly port: number;
  readonly lines: readonly Record<string, unknown>[];
  /** Resolves with the exit code. */
  readonly stop: () => Promise<number>;
}

export interface Started {
  readonly clock?: () => Date;
  readonly times?: Partial<InjectorTimes>;
  readonly bounds?: WebhookBounds;
  readonly certificate?: InjectorSettings['certificate'];
}

export const OWN: InjectorSettings['certificate'] = {
  kind: 'own',
  hosts: ['injector.storage.svc', '127.0.0.1'],
  secret: 'injector-tls',
  configuration: 'ssec-proxy-injector',
  make: (now) =>
    makeSelfSigned({ names: ['injector.storage.svc'], addresses: ['127.0.0.1'], days: DAYS, now }),
};

const TIMES: InjectorTimes = { start: 60_000, again: 20, look: 20 };

export const BOUNDS: WebhookBounds = {
  connections: 64,
  bodies: { one: 1_000_000, all: 4_000_000 },
  patience: 30_000,
  farewell: 50,
};

export function collecting(): { readonly log: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: makeLog('info', { write: (line) => lines.push(JSON.parse(line)) }) };
}

export async function start(t: Test, api: ApiServer, started: Started = {}): Promise<Injector> {
  const { clock = () => new Date(), times = {}, bounds = BOUNDS, certificate = OWN } = started;
  const { log, lines } = collecting();
  const stopping = Promise.withResolvers<undefined>();
  const serving = Promise.withResolvers<number>();
  const ended = runInjector(
    { address: { host: '127.0.0.1', port: 0 }, image: IMAGE, images: [], cluster: api.cluster, certificate },
    {
      log,
      readFile: readFromDisk,
      clock,
      stopping: stopping.promise,
      times: { ...TIMES, ...times },
      bounds,
      onServing: serving.resolve,
    },
  );
  const stop = async (): Promise<number> => {
    stopping.resolve(undefined);
    return await ended;
  };
  t.teardown(stop);
  const port = await Promise.race([
    serving.promise,
    ended.then((code) => Promise.reject(new Error(`ended: ${code}`))),
  ]);
  return { port, lines, stop };
}

/** The authorities that the API server trusts. */
export function bundleIn(api: ApiServer): string {
  const [webhook] = (
    api.objects.get(CONFIGURATION) as { webhooks: { clientConfig: { caBundle?: string } }[] }
  ).webhooks;
  return Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64').toString();
}

export interface Called {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly agent?: https.Agent;
}

/** Calls the webhook as an API server does: over TLS, trusting `ca` alone. */
export async function call(port: number, ca: string, given: Call = {}): Promise<Called> {
  const { method = 'POST', path = '/inject?timeout=10s', body, headers = {}, agent } = given;
  const request = https.request({
    host: '127.0.0.1',
    port,
    method,
    path,
    ca,
    servername: 'injector.storage.svc',
    headers: { 'content-type': 'application/json', ...headers },
    agent: agent ?? false,
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return {
    status: response.statusCode ?? 0,
    text: Buffer.concat(parts).toString(),
    headers: response.headers,
  };
}

/** Waits until it is so: looks again and again, without a limit of its own. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
