import { S3Error } from '../s3/errors.ts';
import { parametersOf } from './parameters.ts';

/** The header of a part of a form. `filename` is undefined if the part is not a file. */
export interface PartHead {
  readonly name: string;
  readonly filename: string | undefined;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** RFC 2046 §5.1.1: up to 70 of these, the last one no space. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

/**
 * The boundary in a Content-Type of `multipart/form-data`.
 * @throws S3Error MalformedPOSTRequest
 */
export function boundaryOf(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  const parameters = semicolon < 0 ? undefined : parametersOf(contentType.slice(semicolon));
  const boundary = parameters?.get('boundary') ?? '';
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
    .filter((line) => line.slice(0, DISPOSITION.length).toLowerCase() === DISPOSITION)
    .map((line) => line.slice(DISPOSITION.length).trimStart());
  const [disposition = ''] = dispositions;
  const semicolon = disposition.indexOf(';');
  const kind = disposition.slice(0, Math.max(0, semicolon)).trim().toLowerCase();
  if (kind !== 'form-data' || dispositions.length > 1) throw malformed();
  const parameters = parametersOf(disposition.slice(semicolon));
  const name = parameters?.get('name');
  if (!name) throw malformed();
  return { name, filename: parameters?.get('filename') };
}

const DISPOSITION = 'content-disposition:';

/** @throws S3Error MalformedPOSTRequest for what is not UTF-8 */
export function decodeText(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
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
