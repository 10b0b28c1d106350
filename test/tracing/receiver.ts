import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** A span as OTLP has it in JSON, with its attributes by name. */
interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly service: unknown;
}

export interface Receiver {
  url: string;
  readonly spans: SeenSpan[];
  /** All that came, as text. */
  readonly text: () => string;
  /** What it answers with from now on. */
  answer: number | 'never';
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (SeenSpan & { attributes: readonly Attribute[] })[];
    }[];
  }[];
}

/** Takes spans over OTLP/HTTP in JSON, as a collector does. */
export async function startReceiver(t: Test): Promise<Receiver> {
  let text = '';
  const receiver = { url: '', spans: [], text: () => text, answer: 200 } as Receiver;
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    text += body;
    if (receiver.answer === 200 && request.url === '/v1/traces')
      receiver.spans.push(...spansOf(JSON.parse(body) as Sent));
    if (receiver.answer === 'never') return;
    response.writeHead(receiver.answer, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return receiver;
}

function spansOf({ resourceSpans }: Sent): SeenSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: named(span.attributes),
        service: named(resource.attributes)['service.name'],
      })),
    ),
  );
}

function named(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
