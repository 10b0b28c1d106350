import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { Gathered } from '../gathered.ts';
import { S3Error } from '../s3/errors.ts';
import { XML_DECLARATION } from '../s3/xml.ts';
import { freesPieces, letGo } from '../upstream/let-go.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Holding } from './held-bytes.ts';
import { within } from './within.ts';

/** More than any answer to a copy or a CompleteMultipartUpload, in bytes. */
const LONGEST = 64 * 1024;

/** How long a store may work on a copy or an upload by default, as long as white space comes, in milliseconds. */
const MOST_LATE_MS = 60 * 60 * 1000;

/** A byte in ten seconds for longer than any store works. */
const MOST_WAITING = 1024 * 1024;

interface Reading {
  /** For the whole of it, in milliseconds. */
  readonly limit: number;
  /** From the root element on, in milliseconds, where white space before it may last for longer; by default as above. */
  readonly outcome?: number;
  /** Is given what may go on to the client at once, as it comes. */
  readonly onWaiting?: (text: string) => void;
  /** In bytes; by default what fits the outcome of one operation. */
  readonly longest?: number;
  /** How long the document says it is, in bytes, where it does. */
  readonly expected?: number | undefined;
  /** Where the bytes are counted, which a document of more than an outcome's size needs. */
  readonly holding?: Holding;
}

/** The times of an answer whose outcome comes late. */
export function lateTimes({
  timeouts,
}: Pick<Upstream, 'timeouts'>): Required<Pick<Reading, 'limit' | 'outcome'>> {
  return { limit: timeouts.late ?? MOST_LATE_MS, outcome: timeouts.document };
}

/**
 * Reads a document whose status came before its outcome: "If the error occurs during the copy operation, the error
 * response is embedded in the 200 OK response", after white space that keeps the connection alive.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 *
 * @returns the document from its root element on
 * @throws S3Error InternalError when it is longer than any such answer, or can't be read; SlowDown when there is no room for it;
 *   ServiceUnavailable when it breaks off, or is not whole in time
 */
export async function readLateDocument(body: Readable, reading: Reading): Promise<string> {
  return (await readBytes(body, reading)).toString();
}

/** The same for one that is written again, in UTF-8: what is none is refused, as it would be changed by that. Its memory is its own. */
export async function readToRewrite(body: Readable, reading: Reading): Promise<Buffer> {
  const bytes = await readBytes(body, reading);
  if (!isUtf8(bytes)) throw noUtf8();
  return bytes;
}

async function readBytes(
  body: Readable,
  { limit, outcome, onWaiting = () => {}, longest = LONGEST, expected, holding }: Reading,
): Promise<Buffer> {
  const phase = outcome === undefined ? 'document' : 'late';
  return await within(body, { limit, phase }, async (wait) => {
    const frees = freesPieces(body);
    const waiting = new Waiting();
    const document = new Gathered(expected === undefined ? undefined : Math.min(expected, longest));
    for await (const chunk of body as AsyncIterable<Buffer>) {
      const rest = document.size > 0 ? chunk : waiting.take(chunk);
      if (waiting.size > MOST_WAITING || document.size + rest.length > longest) throw tooLong();
      if (rest.length === 0) {
        onWaiting(waiting.passed());
        continue;
      }
      if (document.size === 0 && outcome !== undefined) wait.begin(outcome);
      await holding?.grow(document.capacityWith(rest.length));
      document.add(rest);
      // It was copied: V8 would find it only when it has looked through its whole heap.
      if (frees) letGo(chunk);
    }
    return document.bytes();
  });
}

function tooLong(): S3Error {
  return new S3Error('InternalError', 'The answer of the store is too long.', {
    cause: new Error('the document of the store is longer than any answer to what was asked'),
  });
}

function noUtf8(): S3Error {
  return new S3Error('InternalError', 'The store did not answer with what was asked for.', {
    cause: new Error('the document of the store is not UTF-8'),
  });
}

const BYTE_ORDER_MARK = Buffer.from('\u{feff}');
const DECLARATION = Buffer.from('<?xml');
const GREATER = '>'.charCodeAt(0);
const BLANKS: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));

/** Nothing but a byte order mark, a declaration and white space: what S3 sends to keep a connection alive while it works. */
class Waiting {
  /** In bytes. */
  size = 0;
  #passed = '';
  #state: 'blanks' | 'declaration' = 'blanks';
  #declared = false;
  /** How many bytes of the declaration's beginning have come. */
  #begun = 0;
  /** How many of the byte order mark, which stands before everything else. */
  #marked = 0;

  /** The bytes from the root element on, empty while it has not begun. Each byte is looked at once. */
  take(chunk: Buffer): Buffer {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (this.#state === 'declaration') this.#inDeclaration(byte);
      else if (this.#marked === this.size && byte === BYTE_ORDER_MARK[this.size]) this.#marked += 1;
      else if (this.#marked % BYTE_ORDER_MARK.length > 0)
        return Buffer.concat([BYTE_ORDER_MARK.subarray(0, this.#marked), chunk.subarray(at)]);
      else if (this.#begun === 0 && BLANKS.has(byte)) this.#passed += String.fromCharCode(byte);
      else if (!this.#declared && byte === DECLARATION[this.#begun]) this.#begin();
      else return this.#begunWith(chunk.subarray(at));
      this.size += 1;
    }
    return chunk.subarray(chunk.length);
  }

  /** What may go on to the client since this was asked last. The declaration is ours: a store's could say anything. */
  passed(): string {
    const passed = this.#passed;
    this.#passed = '';
    return passed;
  }

  /** With what looked like a declaration, in a piece before or in this one. */
  #begunWith(rest: Buffer): Buffer {
    return this.#begun === 0 ? rest : Buffer.concat([DECLARATION.subarray(0, this.#begun), rest]);
  }

  #begin(): void {
    this.#begun += 1;
    if (this.#begun < DECLARATION.length) return;
    this.#state = 'declaration';
    this.#begun = 0;
  }

  #inDeclaration(byte: number): void {
    if (byte !== GREATER) return;
    this.#state = 'blanks';
    this.#declared = true;
    this.#passed += XML_DECLARATION.trimEnd();
  }
}
