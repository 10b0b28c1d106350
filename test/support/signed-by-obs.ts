import { createHmac } from 'node:crypto';
import type { Credentials } from '../../src/secret.ts';

/** A request as an SDK of OBS signs it: with its own signature, or as one of AWS's version 2. */
export interface SignedByObs {
  readonly scheme: 'OBS' | 'AWS';
  readonly method: string;
  /** As on the wire, in path style, with the query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PREFIXES = { OBS: 'x-obs-', AWS: 'x-amz-' } as const;
/** Of the sub-resources, those that the tests ask for. */
const SIGNED = /^(?:append|partNumber|position|uploadId|uploads|delete|policy)$/;

/** The lines of its head, `Host` not among them. */
export function signedByObs(
  { scheme, method, target, headers }: SignedByObs,
  { accessKeyId, secretAccessKey }: Credentials,
  now = new Date(),
): readonly string[] {
  const dated: Readonly<Record<string, string>> = { Date: now.toUTCString(), ...headers };
  const text = [
    method,
    headerOf(dated, 'content-md5'),
    headerOf(dated, 'content-type'),
    headerOf(dated, 'date'),
    ...prefixed(dated, PREFIXES[scheme]),
    resourceOf(target),
  ].join('\n');
  const signature = createHmac('sha1', secretAccessKey.reveal()).update(text).digest('base64');
  const lines = Object.entries(dated).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, `Authorization: ${scheme} ${accessKeyId}:${signature}`];
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1] ?? '';
}

function prefixed(headers: Readonly<Record<string, string>>, prefix: string): readonly string[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith(prefix))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}`);
}

function resourceOf(target: string): string {
  const [path = '', query = ''] = target.split('?');
  const signed = query
    .split('&')
    .filter((parameter) => SIGNED.test(parameter.split('=')[0] ?? ''))
    .toSorted();
  return signed.length === 0 ? path : `${path}?${signed.join('&')}`;
}
