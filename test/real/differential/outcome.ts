import { createHash } from 'node:crypto';
import type { Answer } from './send.ts';

/** What is compared of an answer, and of what the store holds afterwards. */
export interface Outcome {
  readonly status: number;
  /** The error's; a HEAD has none. */
  readonly code: string;
  readonly message: string;
  /** `algorithm`, `key-md5`, both or nothing. */
  readonly echo: string;
  /** What kind of ETag: `md5` of the body, any other `hex`, `-N` behind it, or nothing. */
  readonly etag: string;
  /** Which bytes of the body came, for a read that succeeds. */
  readonly bytes: string;
  /** What a read without a key finds where the write went: `nothing`, `plain` or `sealed`. */
  readonly left: string;
  readonly shown: readonly string[];
}

const NOT_TRIED = -1;
const ECHO = 'x-amz-server-side-encryption-customer-';

export function outcomeOf(
  answer: Answer,
  { body, left, shows }: { body: Buffer; left: string; shows: readonly string[] },
): Outcome {
  const { status, headers } = answer;
  const text = answer.body.toString('utf8');
  const failed = status >= 300 || text.includes('<Error>');
  return {
    status,
    code: failed ? elementOf(text, 'Code') : '',
    message: failed ? elementOf(text, 'Message') : '',
    echo: ['algorithm', 'key-md5'].filter((name) => headers[ECHO + name] !== undefined).join('+'),
    etag: failed ? '' : etagKind(String(headers['etag'] ?? elementOf(text, 'ETag')), body),
    bytes: failed || headers['content-type'] === 'application/xml' ? '' : bytesOf(answer.body, body),
    left,
    shown: failed ? [] : shows.map((name) => `${name}=${shownOf(answer, text, name)}`),
  };
}

/** What the case needs is not available, so it says nothing about strictness. */
export function untried(why: string): Outcome {
  return { status: NOT_TRIED, code: '', message: why, echo: '', etag: '', bytes: '', left: '', shown: [] };
}

export function wasTried({ status }: Outcome): boolean {
  return status !== NOT_TRIED;
}

/** All that is compared, as one text. The message is not. */
export function textOf({ status, code, message, echo, etag, bytes, left, shown }: Outcome): string {
  if (status === NOT_TRIED) return `not tried: ${message}`;
  const parts = [
    status === 0 ? 'no answer' : String(status),
    code,
    echo && `echo ${echo}`,
    etag && `etag ${etag}`,
    bytes && `bytes ${bytes}`,
    left && `leaves ${left}`,
    ...shown,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

export function succeeded({ status, code }: Outcome): boolean {
  return status >= 200 && status < 300 && code === '';
}

export function elementOf(text: string, name: string): string {
  return unescaped(new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '');
}

function shownOf({ headers }: Answer, text: string, name: string): string {
  const field = headers[name.toLowerCase()];
  if (field !== undefined) return String(field);
  const found = [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))];
  return found.map(([, value = '']) => unescaped(value)).join(',');
}

function unescaped(text: string): string {
  return text.replace(/&#34;|&quot;/g, '"').replace(/&amp;/g, '&');
}

function etagKind(etag: string, body: Buffer): string {
  if (etag === '') return '';
  const quoted = /^"(.*)"$/.exec(etag);
  const [digits = '', parts] = (quoted?.[1] ?? etag).split('-');
  const md5 = createHash('md5').update(body).digest('hex');
  const kind = digits === md5 ? 'md5' : /^[0-9a-f]{32}$/.test(digits) ? 'hex' : 'other';
  return `${quoted ? '' : 'unquoted '}${kind}${parts === undefined ? '' : `-${parts}`}`;
}

function bytesOf(got: Buffer, body: Buffer): string {
  if (got.length === 0) return '';
  if (got.equals(body)) return 'all';
  const at = body.indexOf(got);
  return at < 0 ? 'others' : `${at}-${at + got.length - 1}`;
}
