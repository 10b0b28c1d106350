import type { WireHeaders } from '../../s3/headers.ts';
import { decodePercent } from '../../s3/percent.ts';
import { isSigned } from './signed-names.ts';

/** A request as its signer saw it. */
export interface Signable {
  readonly method: string;
  /** As on the wire. */
  readonly rawTarget: string;
  /** What the Host header names: a bucket, or a domain of the bucket's own. Undefined where the path has it. */
  readonly named: string | undefined;
  readonly headers: WireHeaders;
  /** `Expires` of a link, which stands in the place of the date. */
  readonly expires: string | undefined;
  /** `x-obs-` or `x-amz-`. */
  readonly prefix: string;
}

/** They carry the signature, which does not cover them. */
const OF_THE_SIGNATURE = new Set(['AccessKeyId', 'AWSAccessKeyId', 'Expires', 'Signature']);

/**
 * What the client may have signed, one character a byte. Written after
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html (header) and obs_04_0011 (link), apart from what
 * the proxy has: the sandbox judges it. There are several where SDKs differ: an empty parameter with its `=` or
 * without, and the Date that the SDK for Go signs beside `x-obs-date`.
 */
export function stringsToSign(request: Signable): readonly string[] {
  const { method, headers } = request;
  const content = ['content-md5', 'content-type'].map((name) => headers.joined(name)?.trim() ?? '');
  const lines = ownHeaders(headers, request.prefix);
  const texts = datesOf(request).flatMap((date) =>
    resourcesOf(request).map((resource) => [method, ...content, date, `${lines}${resource}`].join('\n')),
  );
  return [...new Set(texts)];
}

function datesOf({ headers, expires, prefix }: Signable): readonly string[] {
  if (expires !== undefined) return [expires];
  const date = headers.joined('date')?.trim() ?? '';
  return headers.has(`${prefix}date`) ? ['', date] : [date];
}

function ownHeaders(headers: WireHeaders, prefix: string): string {
  return [...headers.entries()]
    .filter(([name]) => name.startsWith(prefix))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => `${name}:${values.map((value) => value.trim()).join(',')}\n`)
    .join('');
}

/** The path of the wire in its own encoding, behind the name in the Host header, and the signed parameters. */
function resourcesOf({ rawTarget, named, prefix }: Signable): readonly string[] {
  const mark = rawTarget.indexOf('?');
  const path = mark < 0 ? rawTarget : rawTarget.slice(0, mark);
  const resource = named === undefined ? path : `/${named}${path}`;
  const signed = parametersOf(mark < 0 ? '' : rawTarget.slice(mark + 1))
    .filter(({ name }) => !OF_THE_SIGNATURE.has(name) && isSigned(name.toLowerCase(), prefix))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (signed.length === 0) return [resource];
  const withEquals = signed.map(({ name, value, equals }) => (equals ? `${name}=${value}` : name));
  const bare = signed.map(({ name, value }) => (value === '' ? name : `${name}=${value}`));
  return [`${resource}?${bare.join('&')}`, `${resource}?${withEquals.join('&')}`];
}

function parametersOf(rawQuery: string): readonly { name: string; value: string; equals: boolean }[] {
  return rawQuery
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...rest] = part.split('=');
      return { name: decoded(name), value: decoded(rest.join('=')), equals: part.includes('=') };
    });
}

/** Not encoded again, one character a byte. A `+` is a space: the SDKs for Go and Java write it so. */
function decoded(text: string): string {
  return Buffer.from(decodePercent(text, { plusIsSpace: true }), 'utf8').toString('latin1');
}
