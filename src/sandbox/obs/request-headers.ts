import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Dialect } from '../rules.ts';
import { AWS_HEADERS, type Fate, OBS_BESIDE_AWS, OBS_HEADERS } from './header-fates.ts';
import { ALGORITHMS, CANNED_ACLS, STORAGE_CLASSES } from './values.ts';

/** Prefixes of other stores, which mean nothing here. */
const FOREIGN = /^x-(?:goog|oss|cos|hws|ms|tos|bce|emc)-/;

/** Values that have another word in OBS's dialect, by the header's name behind the prefix. */
const VALUES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['acl', CANNED_ACLS],
  ['storage-class', STORAGE_CLASSES],
  ['server-side-encryption', ALGORITHMS],
]);

/**
 * The headers of a request in S3's words. What OBS alone has stays `x-obs-`.
 *
 * @param wire as they came @param headers the same, as Node has them
 * @throws S3Error InvalidArgument for a header of the other dialect, of another store, or unknown; NotImplemented
 */
export function requestHeaders(
  wire: WireHeaders,
  headers: IncomingHttpHeaders,
  dialect: Dialect,
): IncomingHttpHeaders {
  const read: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    const own = dialect === 'obs' ? obsName(name) : awsName(name);
    if (own === undefined) throw unknown(name, dialect);
    if (/^x-(?:obs|amz)-/.test(name) && wire.count(name) > 1)
      throw new S3Error('InvalidArgument', `The header ${name} is given several times.`);
    read[own.name] = own.values === undefined ? value : translated(own.values, name, String(value));
  }
  return read;
}

interface Own {
  /** As operations know it. */
  readonly name: string;
  readonly values?: ReadonlyMap<string, string> | undefined;
}

function obsName(name: string): Own | undefined {
  if (!name.startsWith('x-obs-')) return /^x-(?:amz|default)-/.test(name) ? undefined : plain(name);
  const suffix = name.slice('x-obs-'.length);
  if (suffix.startsWith('meta-')) return { name: `x-amz-${suffix}` };
  const fate = OBS_HEADERS.get(suffix);
  const internal = AWS_HEADERS.has(suffix) ? `x-amz-${suffix}` : name;
  return carried(fate, { name: internal, values: VALUES.get(suffix) }, name);
}

function awsName(name: string): Own | undefined {
  if (name.startsWith('x-obs-'))
    return carried(OBS_BESIDE_AWS.get(name.slice('x-obs-'.length)), { name }, name);
  if (name === 'x-default-storage-class') return { name };
  if (!name.startsWith('x-amz-')) return plain(name);
  const suffix = name.slice('x-amz-'.length);
  return suffix.startsWith('meta-') ? { name } : carried(AWS_HEADERS.get(suffix), { name }, name);
}

function plain(name: string): Own | undefined {
  return FOREIGN.test(name) ? undefined : { name };
}

function carried(fate: Fate | undefined, own: Own, name: string): Own | undefined {
  if (fate !== 'missing') return fate && own;
  throw new S3Error('NotImplemented', 'A header you provided implies functionality that is not implemented', {
    fields: { Header: name },
  });
}

function translated(values: ReadonlyMap<string, string>, name: string, value: string): string {
  const internal = values.get(value);
  if (internal !== undefined) return internal;
  throw new S3Error('InvalidArgument', `The value of ${name} is not one that OBS has.`, {
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}

function unknown(name: string, dialect: Dialect): S3Error {
  return new S3Error(
    'InvalidArgument',
    `The header ${name} is not one of the ${dialect === 'obs' ? 'OBS' : 'S3'} dialect, in which this request is signed.`,
    { fields: { ArgumentName: name } },
  );
}
