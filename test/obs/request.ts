import { createHmac } from 'node:crypto';
import type { Test } from 'tap';
import type { Credentials } from '../../src/secret.ts';
import { exchangeOf } from '../e2e/wire.ts';

/** A request in the dialect of OBS, signed by hand: nothing of it is shared with what it tests. */
export interface Asked {
  readonly method: string;
  /** In path style, encoded. */
  readonly path: string;
  /** Path and sub-resources as they are signed; the path by default. */
  readonly resource?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly scheme?: 'OBS' | 'AWS';
}

/** The lines of its head. */
export type Lines = readonly (readonly [name: string, value: string])[];

export function signedLines(asked: Asked, by: Credentials, host: string): Lines {
  const { headers = {}, body = '', scheme = 'OBS' } = asked;
  const date = headers['date'] ?? new Date().toUTCString();
  const sized: Lines = body === '' && asked.method !== 'PUT' ? [] : [['content-length', String(body.length)]];
  const lines: Lines = [
    ['host', host],
    ['date', date],
    ...sized,
    ...Object.entries(headers).filter(([name]) => name !== 'date'),
  ];
  const own = `x-${scheme === 'OBS' ? 'obs' : 'amz'}-date`;
  const text = textOf(asked, own in headers ? '' : date);
  return [...lines, ['authorization', `${scheme} ${by.accessKeyId}:${hmac(text, by)}`]];
}

/** Path and query of a link. */
export function link(asked: Asked, by: Credentials, expires = Math.floor(Date.now() / 1000) + 600): string {
  const signature = encodeURIComponent(hmac(textOf(asked, String(expires)), by));
  const id = `${asked.scheme === 'AWS' ? 'AWS' : ''}AccessKeyId=${by.accessKeyId}`;
  return `${asked.path}${asked.path.includes('?') ? '&' : '?'}${id}&Expires=${expires}&Signature=${signature}`;
}

function textOf(
  { method, path, resource = path.split('?')[0], headers = {}, scheme = 'OBS' }: Asked,
  date: string,
): string {
  const prefix = scheme === 'OBS' ? 'x-obs-' : 'x-amz-';
  const lines = Object.entries(headers)
    .filter(([name]) => name.startsWith(prefix))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`);
  return `${method}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}\n${date}\n${lines.join('')}${resource}`;
}

function hmac(text: string, { secretAccessKey }: Credentials): string {
  return createHmac('sha1', secretAccessKey.reveal()).update(text, 'latin1').digest('base64');
}

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
}

export async function send(t: Test, port: number, line: string, lines: Lines, body = ''): Promise<Answer> {
  const text = await exchangeOf(
    t,
    port,
    [`${line} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)],
    body,
  );
  return { status: Number(text.slice(9, 12)), code: /<Code>([^<]*)<\/Code>/.exec(text)?.[1], text };
}
