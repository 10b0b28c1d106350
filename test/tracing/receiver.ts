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
  /** What it answers with from now on: a status, a document with 200, nothing, a byte or an interim answer now and then. */
  answer: number | { readonly text: string } | 'never' | 'drip' | 'interim';
  /** How many connections are open. */
  readonly open: () => number;
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

/** Often enough that no time for silence ever runs out. */
const DRIP_MS = 20;

/** Takes spans over OTLP/HTTP in JSON, as a collector does. */
export async function startReceiver(t: Test): Promise<Receiver> {
  let text = '';
  let open = 0;
  const receiver = { url: '', spans: [], text: () => text, answer: 200, open: () => open } as Receiver;
  const server = http.createServer((request, response) => {
    void takeFrom(request, response);
  });
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  });
  const takeFrom = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    let body = '';
    for await (const piece of request) body += String(piece);
    text += body;
    if (receiver.answer === 200 && request.url === '/v1/traces')
      receiver.spans.push(...spansOf(JSON.parse(body) as Sent));
    const { answer } = receiver;
    if (answer === 'never') return;
    const head = { 'content-type': 'application/json' };
    if (answer === 'drip' || answer === 'interim') {
      if (answer === 'drip') response.writeHead(200, head);
      const timer = setInterval(() => {
        if (answer === 'drip') response.write(' ');
        else response.writeEarlyHints({ link: '</a>; rel=preload' });
      }, DRIP_MS);
      response.once('close', () => clearInterval(timer));
    } else if (typeof answer === 'number') response.writeHead(answer, head).end('{}');
    else response.writeHead(200, head).end(answer.text);
  };
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
