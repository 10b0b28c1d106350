import { S3Error } from '../s3/errors.ts';

/** The header of a part of a form. `filename` is undefined if the part is not a file. */
export interface PartHead {
  readonly name: string;
  readonly filename: string | undefined;
}

/** RFC 2046 §5.1.1: up to 70 of these, and no space at the end. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

/**
 * The boundary in a Content-Type of `multipart/form-data`.
 * @throws S3Error MalformedPOSTRequest
 */
export function boundaryOf(contentType: string): string {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))\s*(?:;|$)/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare ?? '';
  if (!BOUNDARY.test(boundary)) throw malformed();
  return boundary;
}

/**
 * Reads the header lines of one part: https://www.rfc-editor.org/rfc/rfc7578#section-4.2
 * @throws S3Error MalformedPOSTRequest
 */
export function parsePartHead(lines: Buffer): PartHead {
  const dispositions = decodeText(lines)
    .split('\r\n')
    .flatMap((line) => /^content-disposition:\s*(.*)$/i.exec(line)?.[1] ?? []);
  const [disposition] = dispositions;
  if (disposition === undefined || dispositions.length > 1 || !/^form-data\s*;/i.test(disposition)) {
    throw malformed();
  }
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare] of disposition.matchAll(
    /;\s*([a-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/gi,
  )) {
    const lower = name.toLowerCase();
    if (parameters.has(lower)) throw malformed();
    // Only these two are escapes: a browser on Windows may send the path of a file with its backslashes.
    parameters.set(lower, quoted?.replace(/\\(["\\])/g, '$1') ?? bare ?? '');
  }
  const name = parameters.get('name');
  if (!name) throw malformed();
  return { name, filename: parameters.get('filename') };
}

/** @throws S3Error MalformedPOSTRequest for bytes that are not UTF-8 */
export function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed(undefined, cause);
  }
}

export function malformed(detail?: string, cause?: unknown): S3Error {
  const message = 'The body of your POST request is not well-formed multipart/form-data.';
  return new S3Error('MalformedPOSTRequest', detail === undefined ? message : `${message} ${detail}`, {
    cause,
  });
}
