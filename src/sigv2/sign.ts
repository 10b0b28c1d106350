import { createHmac } from 'node:crypto';
import { decodePercent } from '../s3/percent.ts';
import { trimmed } from '../s3/trim.ts';
import type { Credentials } from '../secret.ts';
import { OBS, type Scheme } from './scheme.ts';
import { headOf, joinedParameters } from './string-to-sign.ts';

/** A request for the store as it is going to be on the wire, without its signature. */
export interface ToSignV2 {
  readonly method: string;
  /** Path and query, encoded. */
  readonly path: string;
  /** The bucket whose name is in the host; undefined where the path has it, and for the service. */
  readonly bucket: string | undefined;
  /** Names in lower case, each once; with the `date`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The Authorization header of a request in the dialect of OBS, as its SDKs make it. The Date is part of what is signed:
 * beside `x-obs-date` its line is empty.
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html
 */
export function authorizationBy(request: ToSignV2, credentials: Credentials, scheme: Scheme = OBS): string {
  const signature = createHmac('sha1', credentials.secretAccessKey.reveal())
    .update(textToSign(request, scheme), 'latin1')
    .digest('base64');
  return `${scheme.word} ${credentials.accessKeyId}:${signature}`;
}

/** One character a byte. */
export function textToSign({ method, path, bucket, headers }: ToSignV2, scheme: Scheme = OBS): string {
  const mark = path.indexOf('?');
  const rawPath = mark < 0 ? path : path.slice(0, mark);
  const date = headers[`${scheme.prefix}date`] === undefined ? (headers['date'] ?? '') : '';
  const head = headOf({ method, md5: headers['content-md5'], type: headers['content-type'], date });
  const resource = bucket === undefined ? rawPath : `/${bucket}${rawPath}`;
  return `${head}${linesOf(headers, scheme)}${resource}${mark < 0 ? '' : parametersOf(path.slice(mark + 1), scheme)}`;
}

function linesOf(headers: ToSignV2['headers'], { prefix }: Scheme): string {
  const names = Object.keys(headers).filter((name) => name.startsWith(prefix));
  if (names.length > 1) names.sort();
  let lines = '';
  for (const name of names) lines += `${name}:${trimmed(headers[name] as string)}\n`;
  return lines;
}

function parametersOf(query: string, { signs }: Scheme): string {
  const signed = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const name = decodePercent(equals < 0 ? part : part.slice(0, equals), { plusIsSpace: true });
      const value = decodePercent(equals < 0 ? '' : part.slice(equals + 1), { plusIsSpace: true });
      return { name, value, hasEquals: equals >= 0 };
    })
    .filter(({ name }) => signs(name));
  return joinedParameters(signed, ({ value }) => value !== '');
}
