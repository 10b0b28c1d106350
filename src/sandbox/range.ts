import { S3Error } from '../s3/errors.ts';

/** Bytes `start` to `end`, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The span that a Range header asks for: `bytes=a-b`, `a-` or `-n`. Anything but a single byte range is ignored,
 * as at S3, and the whole object returned.
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
 *
 * @throws S3Error InvalidRange when it has no byte of the object
 */
export function parseRange(header: string | undefined, size: number): Span | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const span =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size }
      : { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
  if (span.start < span.end) return span;
  throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
    fields: { RangeRequested: header ?? '', ActualObjectSize: String(size) },
  });
}

/**
 * The span of an `x-amz-copy-source-range`, which must be `bytes=a-b` and lie in the source.
 * @throws S3Error InvalidArgument, InvalidRange
 */
export function parseCopyRange(header: string | undefined, size: number): Span {
  if (header === undefined) return { start: 0, end: size };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const span = { start: Number(match?.[1]), end: Number(match?.[2]) + 1 };
  if (!match || span.end <= span.start) {
    throw new S3Error(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      { fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header } },
    );
  }
  if (span.end <= size) return span;
  throw new S3Error('InvalidArgument', `Range specified is not valid for source object of size: ${size}`, {
    fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
  });
}
