import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { WireHeaders } from '../s3/headers.ts';

/** All that Node's server and the listener look up in `headers`: the rest is for the line, which has them as they came. */
const LOOKED_UP = [
  'connection',
  'content-length',
  'expect',
  'host',
  'te',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
] as const;

/**
 * A request of a client. Its head is read once, for the parser's end, the listener and the line. Node would make an object of
 * all headers for each request, to look up a few in it that most requests do not have.
 */
export class ClientRequest extends IncomingMessage {
  #wire: WireHeaders | undefined;
  #found: IncomingHttpHeaders | undefined;

  static {
    // As Node has it, for which it is no property of each request either.
    Object.defineProperty(ClientRequest.prototype, 'headers', {
      get(this: ClientRequest): IncomingHttpHeaders {
        this.#found ??= lookedUp(this.wireHeaders);
        return this.#found;
      },
    });
  }

  get wireHeaders(): WireHeaders {
    this.#wire ??= new WireHeaders(this.rawHeaders);
    return this.#wire;
  }
}

/** What a request says in its headers, as it came. */
export function wireHeadersOf(request: IncomingMessage): WireHeaders {
  return request instanceof ClientRequest ? request.wireHeaders : new WireHeaders(request.rawHeaders);
}

function lookedUp(headers: WireHeaders): IncomingHttpHeaders {
  const found: IncomingHttpHeaders = {};
  for (const name of LOOKED_UP) if (headers.has(name)) found[name] = headers.joined(name);
  return found;
}
