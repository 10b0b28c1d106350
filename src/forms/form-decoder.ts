import { Transform, type TransformCallback } from 'node:stream';
import { S3Error } from '../s3/errors.ts';
import { addField, type Fields } from './fields.ts';
import { beginsWith, type Delimiters, type FormFile, heldFile, streamedFile } from './form-file.ts';
import { decodeText, malformed, type PartHead, parsePartHead } from './part-head.ts';

/** A form up to the first byte of its file. */
export interface FormHead {
  readonly fields: Fields;
  /** The file name of the client, with or without a path. */
  readonly filename: string;
}

/** The limit for everything before the file, in bytes, as at S3. */
const MOST_BEFORE_FILE = 20 * 1024;
/** The limit, in bytes, up to which a file and everything after it is buffered to learn its length. */
const MOST_HELD = 1024 * 1024;
const BLANK_LINE = Buffer.from('\r\n\r\n');
const LINE = Buffer.from('\r\n');

/**
 * Reads a form of `multipart/form-data`: first its fields, which `head` resolves with, then streams the file.
 *
 * The store must know the length of the file first. A small file is buffered up to its end; a large one is streamed, and
 * must be the last part. Before `fileLength` is called, which happens after the authentication, no more of the form is
 * read.
 */
export class FormDecoder extends Transform {
  readonly head: Promise<FormHead>;
  readonly #head = Promise.withResolvers<FormHead>();
  readonly #length = Promise.withResolvers<number>();
  readonly #contentLength: number;
  readonly #delimiters: Delimiters;
  readonly #fields = new Map<string, string>();
  readonly #before = Buffer.alloc(MOST_BEFORE_FILE);
  #size = 0;
  #at = 0;
  /** Up to here, from `#at` on, nothing that ends a head or a value was found. */
  #searched = 0;
  /** The part whose value comes next; undefined while a delimiter and the head of a part do. */
  #part: PartHead | undefined;
  #file: FormFile | undefined;
  /** Continues to read the file. */
  #goOn: (() => void) | undefined;

  /** @param contentLength of the whole form, in bytes */
  constructor(boundary: string, contentLength: number) {
    super();
    const delimiter = Buffer.from(`\r\n--${boundary}`);
    const closing = Buffer.concat([delimiter, Buffer.from('--\r\n')]);
    this.#delimiters = { opening: delimiter.subarray(LINE.length), delimiter, closing };
    this.#contentLength = contentLength;
    this.head = this.#head.promise;
    for (const { promise } of [this.#head, this.#length]) promise.catch(() => {});
    this.once('error', () => {});
  }

  /** How many bytes of the form are held at most, to learn the length of its file. */
  get mostHeld(): number {
    return this.#contentLength > MOST_BEFORE_FILE + MOST_HELD ? 0 : Math.min(this.#contentLength, MOST_HELD);
  }

  /** The length of the file, in bytes. Call it once. @throws S3Error when the form ends before its file does */
  fileLength(): Promise<number> {
    this.#goOn?.();
    return this.#length.promise;
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      if (this.#file) this.#readFile(bytes, this.#file);
      else this.#readHead(bytes);
      if (this.#file && !this.#goOn) this.#goOn = done;
      else done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      if (!this.#file) throw this.#size < MOST_BEFORE_FILE && this.#ended() ? noFile() : malformed();
      this.#file.end();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    for (const { reject } of [this.#head, this.#length]) reject(error ?? malformed());
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

  /** Reads the available fields; returns the start of the file once that is known. */
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
        const end = this.#find(there, BLANK_LINE, delimiter.length);
        if (end < 0) return undefined;
        // The blank line of a header may be the line end of a delimiter, in which case some readers see an empty part.
        const head = there.subarray(delimiter.length, end + BLANK_LINE.length);
        if (head.includes(this.#delimiters.delimiter)) throw malformed();
        this.#part = parsePartHead(head.subarray(LINE.length, -BLANK_LINE.length));
        this.#at += end + BLANK_LINE.length;
        if (this.#part.name.toLowerCase() === 'file') return this.#at;
      } else {
        const end = this.#find(there, this.#delimiters.delimiter, 0);
        if (end < 0) return undefined;
        if (beginsWith(there, this.#delimiters.opening)) throw malformed();
        addField(this.#fields, this.#part.name, decodeText(there.subarray(0, end)));
        this.#part = undefined;
        this.#at += end;
      }
    }
  }

  /** Where what ends a head or a value stands. What has come already is not searched again when more comes. */
  #find(there: Buffer, ending: Buffer, least: number): number {
    const found = there.indexOf(ending, Math.max(least, this.#searched - ending.length + 1));
    this.#searched = found < 0 ? there.length : 0;
    return found;
  }

  /** The first one of a form has no line before it. */
  #nextDelimiter(): Buffer {
    const { opening, delimiter } = this.#delimiters;
    return this.#at === 0 ? opening : delimiter;
  }

  /** Is the closing delimiter next? */
  #ended(): boolean {
    const there = this.#before.subarray(this.#at, this.#size);
    return there.subarray(this.#nextDelimiter().length).subarray(0, 2).toString('latin1') === '--';
  }

  #beginFile(start: number, beyond: Buffer): void {
    const left = this.#contentLength - start;
    const { resolve } = this.#length;
    if (left <= MOST_HELD) this.#file = heldFile(this.#delimiters, resolve);
    else {
      const length = left - this.#delimiters.closing.length;
      this.#file = streamedFile(length, this.#delimiters);
      resolve(length);
    }
    this.#head.resolve({ fields: this.#fields, filename: this.#part?.filename ?? '' });
    this.#readFile(Buffer.from(this.#before.subarray(start, this.#size)), this.#file);
    this.#readFile(beyond, this.#file);
  }

  #readFile(bytes: Buffer, file: FormFile): void {
    const data = file.read(bytes);
    if (data !== undefined) this.push(data);
  }
}

function noFile(): S3Error {
  return new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.', {
    fields: { ArgumentName: 'file', ArgumentValue: '0' },
  });
}
