type Env = Readonly<Record<string, string | undefined>>;

/** What the standard variables of OpenTelemetry say of spans. */
type SpansWanted =
  | { readonly kind: 'off' }
  /** `endpoint`: scheme, host and port; nothing that could be a secret. */
  | { readonly kind: 'on'; readonly endpoint: string }
  | { readonly kind: 'wrong'; readonly cause: string };

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and …/protocol/exporter/ */
export function spansWanted(env: Env): SpansWanted {
  const name = ENDPOINTS.find((one) => (env[one] ?? '') !== '');
  const exporter = env.OTEL_TRACES_EXPORTER ?? '';
  const off = /^true$/i.test(env.OTEL_SDK_DISABLED ?? '') || exporter === 'none';
  if (name === undefined || off) return { kind: 'off' };
  if (exporter !== '' && exporter !== 'otlp')
    return { kind: 'wrong', cause: 'OTEL_TRACES_EXPORTER can be otlp or none only' };
  if (PROTOCOLS.some((one) => env[one] === 'grpc'))
    return {
      kind: 'wrong',
      cause:
        'OTEL_EXPORTER_OTLP_PROTOCOL is grpc, which is not supported; write http/json, and the port of HTTP (4318) in the endpoint',
    };
  const url = URL.parse(env[name] ?? '');
  return url?.protocol === 'http:' || url?.protocol === 'https:'
    ? { kind: 'on', endpoint: url.origin }
    : { kind: 'wrong', cause: `${name} is not a URL that begins with http:// or https://` };
}

/** The first that is set counts. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;
