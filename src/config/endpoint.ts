import { isIP } from 'node:net';
import { withoutEnd } from '../s3/trim.ts';

/** The upstream's endpoint taken apart. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  /** Without brackets for IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** Path in front of `/bucket/key`, without a slash at its end. */
  readonly basePath: string;
  readonly hostIsAddress: boolean;
}

/** What may not be in an endpoint. The messages never quote the endpoint, because it may hold a password. */
const REFUSALS: readonly { readonly pattern: RegExp; readonly message: string; readonly fix: string }[] = [
  {
    pattern: /^(?!https?:\/\/[^/])/i,
    message: 'must begin with https:// (or http://) and a host',
    fix: 'write it as in https://s3.example.com',
  },
  { pattern: /[\s\\\p{Cc}]/u, message: 'has a space, a backslash or a control character', fix: 'remove it' },
  {
    pattern: /@/,
    message: 'has user info (a name or password before "@")',
    fix: 'put the credentials into upstream.credentials',
  },
  { pattern: /\?/, message: 'has a query', fix: 'remove everything from the "?"' },
  { pattern: /#/, message: 'has a fragment', fix: 'remove everything from the "#"' },
];

/** The endpoint, or what is wrong with it. */
export function parseEndpoint(
  text: string,
):
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  | { readonly kind: 'refused'; readonly message: string; readonly fix: string } {
  for (const { pattern, message, fix } of REFUSALS) {
    if (pattern.test(text)) return { kind: 'refused', message, fix };
  }
  if (!URL.canParse(text))
    return { kind: 'refused', message: 'is not a URL', fix: 'write it as in https://s3.example.com' };
  const url = new URL(text);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const protocol = url.protocol === 'http:' ? 'http:' : 'https:';
  return {
    kind: 'endpoint',
    endpoint: {
      protocol,
      hostname,
      port: url.port === '' ? (protocol === 'http:' ? 80 : 443) : Number(url.port),
      basePath: withoutEnd(url.pathname, '/'),
      hostIsAddress: isIP(hostname) !== 0,
    },
  };
}
