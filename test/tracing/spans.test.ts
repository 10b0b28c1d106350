import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeLog } from '../../src/log.ts';
import { type RunningProxy, startProxy } from '../../src/proxy/serve.ts';
import { loadTracer } from '../../src/tracing/load.ts';
import type { Tracer } from '../../src/tracing/trace.ts';
import { EVERYTHING, snapshotOf, testClient, testCredentials, testSsecKey } from '../support/snapshot.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;

type Headers = http.IncomingHttpHeaders;

interface Stand {
  readonly url: string;
  readonly proxy: RunningProxy;
  /** The headers of what came to the store. */
  readonly came: readonly Headers[];
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

async function standWith(t: Test, tracer: Tracer | undefined, objectKeys = false): Promise<Stand> {
  const came: Headers[] = [];
  const store = http.createServer((request, response) => {
    came.push(request.headers);
    request.resume();
    const missing = request.url?.includes('missing') === true;
    response.writeHead(missing ? 404 : 200, { 'content-type': missing ? 'application/xml' : 'text/plain' });
    response.end(missing ? '<Error><Code>NoSuchKey</Code></Error>' : 'an object');
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const { port } = store.address() as AddressInfo;
  const snapshot = snapshotOf({
    rules: [
      { bucket: 'plain', encrypt: 'off' },
      { bucket: 'secret', encrypt: [testSsecKey('new')] },
    ],
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port },
    clients: [testClient('client', testCredentials('upstream'))],
    listeners: [{ host: '127.0.0.1', port: 0, tls: undefined, auth: 'none', permissions: EVERYTHING }],
  });
  const lines: Record<string, unknown>[] = [];
  const log = makeLog('info', {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const proxy = await startProxy({ ...snapshot, tracing: { objectKeys } }, log, { tracer });
  t.teardown(async () => {
    await proxy.stop();
    store.closeAllConnections();
    store.close();
  });
  return { url: proxy.urls[0] ?? '', proxy, came, lines };
}

async function get(url: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(url, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

function loadedPackages(): readonly string[] {
  return Object.keys(createRequire(import.meta.url).cache).filter((file) =>
    /@opentelemetry\/(?:sdk|exporter|otlp|resources)/.test(file),
  );
}

t.test(
  'without an endpoint, nothing of OpenTelemetry is loaded, and a trace goes on as it came',
  async (t) => {
    const tracer = await loadTracer(makeLog('silent', { write: () => {} }), {});
    t.equal(tracer, undefined);
    const { url, came, lines, proxy } = await standWith(t, tracer);
    t.equal(await get(`${url}/plain/a`, { traceparent: PARENT, tracestate: 'a=b' }), 200);
    t.equal(await get(`${url}/plain/a`, { traceparent: 'nonsense', tracestate: 'a=b' }), 200);
    t.equal(await get(`${url}/plain/a`), 200);
    t.match(came[0], { traceparent: PARENT, tracestate: 'a=b' });
    t.notMatch(String(came[0]?.authorization), /trace/, 'it is not signed');
    for (const headers of came.slice(1)) {
      t.notOk('traceparent' in headers);
      t.notOk('tracestate' in headers);
    }
    await proxy.stop();
    t.strictSame(
      lines.filter(({ msg }) => msg === 'request').map(({ trace }) => trace),
      [TRACE, undefined, undefined],
    );
    t.strictSame(loadedPackages(), []);
  },
);

async function tracerTo(
  t: Test,
  receiver: Receiver,
  env: Record<string, string> = {},
  lines: unknown[] = [],
): Promise<Tracer> {
  // No export is late here that is not to be, however busy the machine is.
  const wanted = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_TIMEOUT: '60000', ...env };
  const before = { ...process.env };
  Object.assign(process.env, wanted);
  t.teardown(() => {
    for (const name of Object.keys(wanted)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  const tracer = await loadTracer(
    makeLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) }),
  );
  if (!tracer) throw new Error('no tracer');
  return tracer;
}

t.test('a request, its authentication and its attempts are spans of one trace', async (t) => {
  const receiver = await startReceiver(t);
  const { url, came, proxy, lines } = await standWith(
    t,
    await tracerTo(t, receiver, { OTEL_SERVICE_NAME: 'proxy-for-tests' }),
  );
  t.equal(
    await get(`${url}/plain/an-object-key?prefix-of-no-secret`, { traceparent: PARENT, tracestate: 'a=b' }),
    501,
    'a query that no operation has',
  );
  t.equal(await get(`${url}/plain/an-object-key`, { traceparent: PARENT, tracestate: 'a=b' }), 200);
  t.equal(await get(`${url}/plain/missing`), 404);
  await proxy.stop();
  const { spans } = receiver;
  const requests = spans.filter(({ kind }) => kind === 2);
  t.ok(loadedPackages().length > 0, 'now it is loaded');
  t.equal(requests.length, 3);
  const [, got, missing] = requests;
  t.match(got, {
    traceId: TRACE,
    parentSpanId: SPAN,
    name: 'GetObject',
    service: 'proxy-for-tests',
    attributes: {
      'http.response.status_code': 200,
      'ssec_proxy.outcome': 'served',
      'aws.s3.bucket': 'plain',
      'ssec_proxy.rule': 'rules[0]',
      'ssec_proxy.attempts': 1,
    },
  });
  t.match(missing, {
    name: 'GetObject',
    attributes: { 'ssec_proxy.outcome': 'refused', 'error.type': 'NoSuchKey' },
  });
  t.notOk(missing?.parentSpanId, 'without a header of the client, it is the first of its trace');
  const ofIt = spans.filter(({ parentSpanId }) => parentSpanId === got?.spanId);
  t.strictSame(ofIt.map(({ name }) => name).toSorted(), ['attempt', 'authenticate']);
  const attempt = ofIt.find(({ name }) => name === 'attempt');
  t.match(attempt, {
    kind: 3,
    attributes: { 'http.response.status_code': 200, 'ssec_proxy.upstream': 'upstream' },
  });
  t.match(
    came[0],
    { traceparent: `00-${TRACE}-${attempt?.spanId}-01`, tracestate: 'a=b' },
    'the store is told of the attempt',
  );
  t.equal(lines.filter(({ trace }) => trace === missing?.traceId).length, 1, 'the log line names the trace');
  t.notMatch(receiver.text(), /an-object-key|prefix-of-no-secret/, 'no object key, no query');
});

t.test('object keys are told by choice, and no SSE-C key ever', async (t) => {
  const receiver = await startReceiver(t);
  const { url, came, proxy } = await standWith(t, await tracerTo(t, receiver), true);
  await get(`${url}/secret/an-object-key`);
  await proxy.stop();
  const key = String(came[0]?.['x-amz-server-side-encryption-customer-key']);
  t.ok(key.length > 20, 'the store got the key');
  t.match(receiver.text(), 'an-object-key');
  t.notMatch(receiver.text(), key);
  t.notMatch(receiver.text(), 'secret of upstream');
  t.ok(receiver.spans.some(({ attributes }) => attributes['ssec_proxy.key_id'] === 'new'));
});

t.test('a sampler of the environment counts, and the store is told', async (t) => {
  const receiver = await startReceiver(t);
  const tracer = await tracerTo(t, receiver, { OTEL_TRACES_SAMPLER: 'always_off' });
  const { url, came, proxy, lines } = await standWith(t, tracer);
  await get(`${url}/plain/a`, { traceparent: PARENT });
  await proxy.stop();
  t.strictSame(receiver.spans, []);
  t.match(came[0]?.traceparent, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  t.equal(lines.find(({ msg }) => msg === 'request')?.trace, TRACE);
});

t.test('a collector that refuses costs spans and no request', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = 400;
  const tracer = await tracerTo(t, receiver);
  const { url, proxy } = await standWith(t, tracer);
  t.equal(await get(`${url}/plain/a`), 200);
  await proxy.stop();
  t.match(tracer.figures, { sent: 0, failed: 3, dropped: 0 });
});

t.test('a collector that hangs holds up neither a request nor the end', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = 'never';
  const tracer = await tracerTo(t, receiver, { OTEL_EXPORTER_OTLP_TIMEOUT: '300' });
  const { url, proxy } = await standWith(t, tracer);
  t.equal(await get(`${url}/plain/a`), 200);
  await proxy.stop();
  t.equal(tracer.figures.sent, 0);
});

const SOON = { OTEL_BSP_SCHEDULE_DELAY: '20' };
const QUICK = { ...SOON, OTEL_EXPORTER_OTLP_TIMEOUT: '100' };

for (const answer of ['drip', 'interim', 'never'] as const) {
  t.test(`an export has its time in all, whatever the collector does meanwhile: ${answer}`, async (t) => {
    const receiver = await startReceiver(t);
    receiver.answer = answer;
    const lines: { readonly cause?: unknown }[] = [];
    const tracer = await tracerTo(t, receiver, QUICK, lines);
    const { url, proxy } = await standWith(t, tracer);
    t.equal(await get(`${url}/plain/a`), 200);
    while (tracer.figures.failed < 3) await pause(10);
    t.match(tracer.figures, { sent: 0, failed: 3, dropped: 0 });
    t.match(lines.at(-1), { cause: 'timeout' });
    receiver.answer = 200;
    // On a busy machine an export may be late again.
    while (tracer.figures.sent < 3) {
      t.equal(await get(`${url}/plain/a`), 200);
      await pause(50);
    }
    t.match(
      lines.findLast(({ cause }) => cause === undefined),
      { msg: 'the collector takes spans again' },
    );
    await proxy.stop();
  });

  t.test(`at the end, two seconds are all that the collector gets: ${answer}`, async (t) => {
    const receiver = await startReceiver(t);
    receiver.answer = answer;
    const tracer = await tracerTo(t, receiver, { OTEL_EXPORTER_OTLP_TIMEOUT: '60000' });
    const { url, proxy } = await standWith(t, tracer);
    t.equal(await get(`${url}/plain/a`), 200);
    await proxy.stop();
    t.equal(tracer.figures.failed, 3);
    while (receiver.open() > 0) await pause(10);
  });
}

t.test('what a collector rejects of an export failed, and the rest was sent', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = { text: '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"a quota"}}' };
  const lines: unknown[] = [];
  const tracer = await tracerTo(t, receiver, {}, lines);
  const { url, proxy } = await standWith(t, tracer);
  t.equal(await get(`${url}/plain/a`), 200);
  await proxy.stop();
  t.match(tracer.figures, { sent: 1, failed: 2, dropped: 0 });
  t.match(lines.at(-1), { cause: /partialSuccess/ });
});

t.test('each cause is said once, until all is well again', async (t) => {
  const receiver = await startReceiver(t);
  const lines: { readonly cause?: unknown }[] = [];
  const tracer = await tracerTo(t, receiver, SOON, lines);
  const { url, proxy } = await standWith(t, tracer);
  for (const [index, answer] of [401, 403, 401].entries()) {
    receiver.answer = answer;
    t.equal(await get(`${url}/plain/a`), 200);
    while (tracer.figures.failed < 3 * (index + 1)) await pause(10);
  }
  t.strictSame(
    lines.flatMap(({ cause }) => cause ?? []),
    ['status 401', 'status 403'],
  );
  await proxy.stop();
});

for (const text of [
  '',
  'null',
  '[]',
  'no JSON',
  '{"partialSuccess":null}',
  '{"partialSuccess":{"rejectedSpans":"x"}}',
]) {
  t.test(`an answer that says nothing of rejected spans took them: ${text}`, async (t) => {
    const receiver = await startReceiver(t);
    receiver.answer = { text };
    const tracer = await tracerTo(t, receiver);
    const { url, proxy } = await standWith(t, tracer);
    t.equal(await get(`${url}/plain/a`), 200);
    await proxy.stop();
    t.match(tracer.figures, { sent: 3, failed: 0 });
  });
}

t.test('what has no room is dropped and counted', async (t) => {
  const receiver = await startReceiver(t);
  const tracer = await tracerTo(t, receiver, { OTEL_BSP_MAX_QUEUE_SIZE: '4' });
  const { url, proxy } = await standWith(t, tracer);
  for (let at = 0; at < 4; at += 1) t.equal(await get(`${url}/plain/a`), 200);
  await proxy.stop();
  const { sent, failed, dropped } = tracer.figures;
  t.equal(sent + failed + dropped, 12, 'each of them is counted once');
});
