import t from 'tap';
import { spansWanted } from '../../src/tracing/settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:secret-for-tests@127.0.0.1:4318/base' };

const CASES = [
  { name: 'nothing', env: {}, kind: 'off' },
  { name: 'an empty endpoint', env: { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, kind: 'off' },
  { name: 'a name alone', env: { OTEL_SERVICE_NAME: 'a' }, kind: 'off' },
  { name: 'an endpoint', env: ENDPOINT, kind: 'on' },
  {
    name: 'an endpoint of traces',
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://a/v1/traces' },
    kind: 'on',
  },
  { name: 'the SDK disabled', env: { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }, kind: 'off' },
  { name: 'no exporter', env: { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, kind: 'off' },
  { name: 'the exporter by name', env: { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'otlp' }, kind: 'on' },
  { name: 'another exporter', env: { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'zipkin' }, kind: 'wrong' },
  { name: 'gRPC', env: { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, kind: 'wrong' },
  {
    name: 'gRPC for traces',
    env: { ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
    kind: 'wrong',
  },
  { name: 'no URL', env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }, kind: 'wrong' },
];

t.test('the standard variables switch spans on', (t) => {
  for (const { name, env, kind } of CASES) t.equal(spansWanted(env).kind, kind, name);
  t.end();
});

t.test('nothing of the endpoint is told but scheme, host and port', (t) => {
  t.match(spansWanted(ENDPOINT), { endpoint: /^http:\/\/127\.0\.0\.1:4318$/ });
  t.notMatch(
    JSON.stringify(spansWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'secret-for-tests' })),
    'secret-for-tests',
  );
  t.end();
});
