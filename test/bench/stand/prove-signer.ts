import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { sign } from '../../../src/sigv4/sign.ts';
import type { Contestant } from './contestant.ts';
import { BUCKET, CREDENTIALS, type Ground, REGION, ssecHeaders } from './ground.ts';

const TARGETS = [
  { method: 'GET', path: `/${BUCKET}/1k/0` },
  { method: 'GET', path: `/${BUCKET}?list-type=2&max-keys=1000` },
  { method: 'PUT', path: `/${BUCKET}/new/0` },
];

/**
 * Are the signatures of nginx right? The origin of the benchmark does not look at them, and wrong ones could be cheaper.
 * @param start starts the nginx in question before a store
 * @throws when it sends another signature than ours, or not the SSE-C headers
 */
export async function proveSigner(
  ground: Ground,
  start: (store: Contestant) => Promise<Contestant>,
): Promise<void> {
  const complaints: string[] = [];
  const store = https.createServer(ground.certificates, (request, response) => {
    const { method = '', url = '', headers } = request;
    const complaint = complaintOf(method, url, headers);
    if (complaint !== undefined) complaints.push(`${method} ${url}: ${complaint}`);
    request.resume().on('end', () => response.end());
  });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  const { port } = store.address() as AddressInfo;
  const nginx = await start({ name: 'store', port, stop: () => Promise.resolve() });
  try {
    for (const { method, path } of TARGETS) complaints.push(...(await ask(ground, nginx.port, method, path)));
  } finally {
    await nginx.stop();
    store.close();
    store.closeAllConnections();
  }
  if (complaints.length > 0) throw new Error(`nginx does not sign as it should: ${complaints.join('; ')}`);
}

function complaintOf(method: string, path: string, came: IncomingHttpHeaders): string | undefined {
  const [, day = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(String(came['x-amz-date'])) ?? [];
  const now = new Date(`${pairs(day.slice(0, 4), day.slice(4), '-')}T${pairs('', time, ':')}Z`);
  if (Number.isNaN(now.getTime())) return 'it has no date';
  const signed = { host: came.host ?? '', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...ssecHeaders() };
  const missing = Object.entries(signed).find(([name, value]) => came[name] !== value);
  if (missing) return `${missing[0]} is not what it should be`;
  const { authorization } = sign(
    { method, path, headers: signed },
    { credentials: CREDENTIALS, region: REGION, now },
  );
  return came.authorization === authorization ? undefined : 'another signature';
}

/** `2026`, `0102`, `-` → `2026-01-02` */
function pairs(start: string, digits: string, between: string): string {
  return [start, ...(digits.match(/../g) ?? [])].filter(Boolean).join(between);
}

async function ask(ground: Ground, port: number, method: string, path: string): Promise<string[]> {
  const agent = new https.Agent({ ca: ground.certificates.ca });
  const request = https.request({ host: '127.0.0.1', port, method, path, agent });
  request.end(method === 'PUT' ? 'body' : undefined);
  const [response] = (await once(request, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  agent.destroy();
  return response.statusCode === 200 ? [] : [`${method} ${path}: ${response.statusCode}`];
}
