import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { folderOf, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { eventually } from '../e2e/wire.ts';

/** Spans of the built program at a real collector, which prints what it takes. */

const collector = process.env.COLLECTOR;
if (collector === undefined) throw new Error('run it with "npm run test:tracing"');

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const MAIN = join(import.meta.dirname, '../../dist/main.js');

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  t.teardown(() => child.kill('SIGKILL'));
  return { child, said: () => said };
}

const store = http.createServer((request, response) => {
  request.resume();
  const echo = ['algorithm', 'key-md5'].flatMap((name) => {
    const field = `x-amz-server-side-encryption-customer-${name}`;
    const value = request.headers[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  response.writeHead(200, Object.fromEntries(echo)).end('an object');
});
store.listen(0, '127.0.0.1');
await once(store, 'listening');
t.teardown(() => {
  store.closeAllConnections();
  store.close();
});

const port = await freePort();
const folder = await folderOf(t, {
  ...serveFiles((store.address() as AddressInfo).port),
  'collector.yaml': `receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters: { debug: { verbosity: detailed } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [debug] } }
`,
});
const taking = run(collector, ['--config', `file:${join(folder, 'collector.yaml')}`]);
await eventually(() => taking.said().includes('Everything is ready'));

const proxy = run(process.execPath, [MAIN, 'serve', join(folder, 'config.yaml')], {
  ...SERVE_ENV,
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  OTEL_SERVICE_NAME: 'proxy-for-tests',
});
await eventually(() => proxy.said().includes('"serving"'));
const url = /"listen":\["([^"]+)"/.exec(proxy.said())?.[1] ?? '';

t.test('a collector takes the spans, with their names, parents and attributes', async (t) => {
  const answer = await fetch(`${url}/secret/an-object-key`, {
    headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
  });
  t.equal(answer.status, 200);
  await answer.text();
  proxy.child.kill('SIGTERM');
  await once(proxy.child, 'close');
  await eventually(() => taking.said().includes('GetObject'));
  const said = taking.said();
  for (const name of ['GetObject', 'authenticate', 'attempt']) t.match(said, new RegExp(`Name +: ${name}`));
  t.equal(said.match(new RegExp(`Trace ID +: ${TRACE}`, 'g'))?.length, 3);
  t.match(said, /Parent ID +: 00f067aa0ba902b7/);
  t.match(said, 'service.name: Str(proxy-for-tests)');
  t.match(said, 'ssec_proxy.outcome: Str(served)');
  t.match(said, 'ssec_proxy.key_id: Str(test)');
  t.match(said, 'http.response.status_code: Int(200)');
  t.notMatch(said, 'an-object-key');
  t.notMatch(said, SERVE_ENV.STORE_SECRET);
});
