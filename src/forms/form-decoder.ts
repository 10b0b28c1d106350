import { Transform, type TransformCallback } from 'node:stream';
import { S3Error } from '../s3/errors.ts';
import { addField, type Fields } from './fields.ts';
import { decodeText, malformed, type PartHead, parsePartHead } from './part-head.ts';

/** A form up to the first byte of its file. */
export interface FormHead {
  readonly fields: Fields;
  /** As the client sent it: with or without a path. */
  readonly filename: string;
  /** Of the file in bytes, if the form ends with it; whether it does is known when the last byte has been read. */
  readonly length: number;
}

interface FileState {
  readonly length: number;
  seen: number;
  /** The end of what was seen, in which a delimiter may begin. */
  recent: Buffer;
  /** What stands behind the file. */
  tail: Buffer;
}

/** What may stand before the file, in bytes, as at S3. */
const MOST_BEFORE_FILE = 20 * 1024;
const BLANK_LINE = Buffer.from('\r\n\r\n');
const LINE = Buffer.from('\r\n');

/**
 * Reads a form of `multipart/form-data`: first its fields, which `head` resolves with, then streams the file.
 *
 * The store has to be told the length of the file before its end is seen, so the file must be the last part, and what
 * stands behind it the closing delimiter with its line end, as every current client writes it: then the length follows
 * from that of the request. A form that turns out otherwise fails at its end at the latest; whoever reads holds the last
 * byte back until then.
 */
export class FormDecoder extends Transform {
  readonly head: Promise<FormHead>;
  readonly #resolve: (head: FormHead) => void;
  readonly #reject: (error: Error) => void;
  readonly #contentLength: number;
  /** `\r\n--boundary` */
  readonly #delimiter: Buffer;
  readonly #fields = new Map<string, string>();
  readonly #before = Buffer.alloc(MOST_BEFORE_FILE);
  #size = 0;
  #at = 0;
  /** The part whose value comes next; undefined while a delimiter and the head of a part do. */
  #part: PartHead | undefined;
  #file: FileState | undefined;

  /** @param contentLength of the whole form, in bytes */
  constructor(boundary: string, contentLength: number) {
    super();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#contentLength = contentLength;
    const { promise, resolve, reject } = Promise.withResolvers<FormHead>();
    this.head = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    promise.catch(() => {});
    this.once('error', () => {});
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      if (this.#file) this.#readFile(bytes, this.#file);
      else this.#readHead(bytes);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    const file = this.#file;
    const closing = Buffer.concat([this.#delimiter, Buffer.from('--\r\n')]);
    if (!file) done(this.#size < MOST_BEFORE_FILE && this.#ended() ? noFile() : malformed());
    else if (file.seen === file.length && file.tail.equals(closing)) done();
    else done(notLast());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#reject(error ?? malformed());
    done(error);
  }

  #readHead(bytes: Buffer): void {
    const taken = bytes.copy(this.#before, this.#size);
    this.#size += taken;
    const start = this.#findFile();
    if (start !== undefined) {
      this.#beginFile(start, bytes.subarray(taken));
    } else if (this.#size === MOST_BEFORE_FILE) {
      throw new S3Error(
        'MaxPostPreDataLengthExceeded',
        'Your POST request fields preceding the upload file were too large.',
        { fields: { MaxPostPreDataLengthBytes: String(MOST_BEFORE_FILE) } },
      );
    }
  }

  /** Reads as many fields as are there; gives back where the file begins once that is known. */
  #findFile(): number | undefined {
    for (;;) {
      const there = this.#before.subarray(this.#at, this.#size);
      if (this.#part === undefined) {
        const delimiter = this.#nextDelimiter();
        if (there.length < delimiter.length + LINE.length) return undefined;
        const begins = there.subarray(0, delimiter.length).equals(delimiter);
        if (!begins || !there.subarray(delimiter.length).subarray(0, LINE.length).equals(LINE)) {
          throw begins && this.#ended() ? noFile() : malformed();
        }
        const end = there.indexOf(BLANK_LINE, delimiter.length);
        if (end < 0) return undefined;
        this.#part = parsePartHead(there.subarray(delimiter.length + LINE.length, end));
        this.#at += end + BLANK_LINE.length;
        if (this.#part.name.toLowerCase() === 'file') return this.#at;
      } else {
        const end = there.indexOf(this.#delimiter);
        if (end < 0) return undefined;
        addField(this.#fields, this.#part.name, decodeText(there.subarray(0, end)));
        this.#part = undefined;
        this.#at += end;
      }
    }
  }

  /** The first one of a form has no line before it. */
  #nextDelimiter(): Buffer {
    return this.#at === 0 ? this.#delimiter.subarray(LINE.length) : this.#delimiter;
  }

  /** Does the closing delimiter come next? */
  #ended(): boolean {
    const there = this.#before.subarray(this.#at, this.#size);
    return there.subarray(this.#nextDelimiter().length).subarray(0, 2).toString('latin1') === '--';
  }

  #beginFile(start: number, beyond: Buffer): void {
    const length = this.#contentLength - start - this.#delimiter.length - '--\r\n'.length;
    if (length < 0) throw notLast();
    const file: FileState = { length, seen: 0, recent: Buffer.alloc(0), tail: Buffer.alloc(0) };
    this.#file = file;
    this.#resolve({ fields: this.#fields, filename: this.#part?.filename ?? '', length });
    this.#readFile(Buffer.from(this.#before.subarray(start, this.#size)), file);
    this.#readFile(beyond, file);
  }

  #readFile(bytes: Buffer, file: FileState): void {
    const data = bytes.subarray(0, file.length - file.seen);
    const rest = bytes.subarray(data.length);
    if (rest.length > 0) file.tail = Buffer.concat([file.tail, rest]);
    if (data.length === 0) return;
    const overlap = this.#delimiter.length - 1;
    const junction = Buffer.concat([file.recent, data.subarray(0, overlap)]);
    if (junction.includes(this.#delimiter) || data.includes(this.#delimiter)) throw notLast();
    file.recent = Buffer.from(data.length >= overlap ? data.subarray(-overlap) : junction.subarray(-overlap));
    file.seen += data.length;
    this.push(data);
  }
}

function notLast(): S3Error {
  return malformed(
    'Its last part must be the file, with nothing but the closing delimiter and its line end behind it; give a submit button no name.',
  );
}

function noFile(): S3Error {
  return new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.', {
    fields: { ArgumentName: 'file', ArgumentValue: '0' },
  });
}
