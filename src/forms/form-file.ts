import { malformed } from './part-head.ts';

/** The file of a form while it arrives. What follows it is never used. */
export interface FormFile {
  /** Takes the next bytes of the form; returns those of the file that may be sent on. @throws S3Error */
  read(bytes: Buffer): Buffer | undefined;
  /** Call it when the form has ended. @throws S3Error for an incomplete form */
  end(): void;
}

/** `--boundary` at the start of a form, `\r\n--boundary` after that, and the one that closes the form. */
export interface Delimiters {
  readonly opening: Buffer;
  readonly delimiter: Buffer;
  readonly closing: Buffer;
}

/** "The form data and boundaries (excluding the contents of the file) cannot exceed 20 KB": the same limit again after it. */
const MOST_BEHIND_FILE = 20 * 1024;
const LINE = Buffer.from('\r\n');

/**
 * A file that is streamed. The store must know its length before its end arrives, so it must be the last part: then the
 * length follows from the length of the form. Any other form fails at its end at the latest; the reader holds the last
 * byte back until then.
 *
 * @param length of the file, in bytes, if the form ends with it
 */
export function streamedFile(length: number, { delimiter, closing }: Delimiters): FormFile {
  let seen = 0;
  /** The last bytes, in which a delimiter may start: at first those of the blank line before the file. */
  let recent: Buffer = Buffer.from(LINE);
  let tail: Buffer = Buffer.alloc(0);
  return {
    read: (bytes) => {
      const data = bytes.subarray(0, length - seen);
      if (data.length < bytes.length) tail = Buffer.concat([tail, bytes.subarray(data.length)]);
      if (data.length === 0) return undefined;
      const overlap = delimiter.length - 1;
      const junction = Buffer.concat([recent, data.subarray(0, overlap)]);
      if (junction.includes(delimiter) || data.includes(delimiter)) throw notLast();
      recent = Buffer.from(data.length >= overlap ? data.subarray(-overlap) : junction.subarray(-overlap));
      seen += data.length;
      return data;
    },
    end: () => {
      if (seen !== length || !tail.equals(closing)) throw notLast();
    },
  };
}

/**
 * A file that is buffered up to its end. "Any fields below it are ignored": they may be present, and nobody reads them.
 *
 * @param ended called with the file's length in bytes, before any of it is sent on
 */
export function heldFile(
  { opening, delimiter, closing }: Delimiters,
  ended: (length: number) => void,
): FormFile {
  let held: Buffer = Buffer.alloc(0);
  let size = 0;
  let length: number | undefined;
  const add = (bytes: Buffer): void => {
    if (size + bytes.length > held.length) {
      const larger = Buffer.alloc(Math.max(size + bytes.length, 2 * held.length));
      held.copy(larger, 0, 0, size);
      held = larger;
    }
    size += bytes.copy(held, size);
  };
  return {
    read: (bytes) => {
      const from = Math.max(0, size - delimiter.length + 1);
      add(bytes);
      if (length !== undefined) return undefined;
      const end = held.subarray(0, size).indexOf(delimiter, from);
      if (end < 0) return undefined;
      if (beginsWith(held.subarray(0, end), opening)) throw malformed();
      length = end;
      ended(end);
      const file = held.subarray(0, end);
      held = Buffer.from(held.subarray(end, size));
      size = held.length;
      return file;
    },
    end: () => {
      const behind = held.subarray(0, size);
      if (length === undefined || size > MOST_BEHIND_FILE) throw malformed();
      const fields = beginsWith(behind.subarray(delimiter.length), LINE);
      const closed = behind.subarray(-closing.length).equals(closing);
      if (!closed || !(fields || behind.length === closing.length)) throw malformed();
    },
  };
}

export function beginsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}

function notLast(): Error {
  return malformed(
    'The last part of a form this large must be the file, followed only by the closing delimiter and its line end; a submit button must not have a name.',
  );
}
