import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** What a store answered: the facts of its head, and its body as a stream. Node's IncomingMessage is one. */
export interface StoreResponse extends Readable {
  readonly statusCode?: number | undefined;
  readonly httpVersionMajor: number;
  /** Name, value, name, value … as they came, one character a byte. */
  readonly rawHeaders: string[];
  /** By lower-case name, with repeated fields joined or dropped as Node does it. */
  readonly headers: IncomingHttpHeaders;
  /** By lower-case name, with each value of a repeated field. */
  readonly headersDistinct: NodeJS.Dict<string[]>;
  /** Like `rawHeaders`; there at the end of the body. */
  readonly rawTrailers: string[];
  /** All came that was announced. */
  readonly complete: boolean;
  /** The next piece is wanted when the last one was taken, and not before: its taker is slow, or may be. */
  readonly oneByOne?: boolean;
  /** All of the body was there before anybody knew of the answer, and nothing of it has passed through the stream. */
  readonly unstreamed?: boolean;
  /** That body, once, for who needs no stream; undefined where there is none to take. */
  takeWhole?(): Buffer | undefined;
}

/**
 * The value of a header, with those of all its lines; undefined without one. An object of all headers is for who needs several.
 * @param name in lower case
 */
export function fieldOf({ rawHeaders }: Pick<StoreResponse, 'rawHeaders'>, name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const spelled = rawHeaders[i] as string;
    if (spelled.length !== name.length || spelled.toLowerCase() !== name) continue;
    found = found === undefined ? rawHeaders[i + 1] : `${found}, ${rawHeaders[i + 1]}`;
  }
  return found;
}
