import type { Case } from '../ask.ts';
import { BODY, KEY, keyHeaders, OTHER, SEALED } from './fixtures.ts';

const presigned = { auth: 'presigned' } as const;

const http = { scheme: 'http' } as const;
/** Without TLS no key may be sent. */
const IN_PLAIN: Readonly<Record<string, Case['ask']>> = {
  'put, a key': { method: 'PUT', headers: keyHeaders(KEY), body: BODY },
  'put, the algorithm alone': {
    method: 'PUT',
    headers: keyHeaders(KEY, { key: undefined, md5: undefined }),
    body: BODY,
  },
  'put, without a key': { method: 'PUT', body: BODY },
  'get nothing, a key': { method: 'GET', headers: keyHeaders(KEY) },
  'head nothing, a key': { method: 'HEAD', headers: keyHeaders(KEY) },
  'create upload, a key': { method: 'POST', query: { uploads: '' }, headers: keyHeaders(KEY) },
  'presigned put, a key': { method: 'PUT', headers: keyHeaders(KEY), body: BODY, ...presigned },
};

export const ACCESS_CASES: readonly Case[] = [
  {
    name: 'presigned get: its key',
    ask: { method: 'GET', at: SEALED, headers: keyHeaders(KEY), ...presigned },
  },
  { name: 'presigned get: without a key', ask: { method: 'GET', at: SEALED, ...presigned } },
  {
    name: 'presigned get: another key',
    ask: { method: 'GET', at: SEALED, headers: keyHeaders(OTHER), ...presigned },
  },
  {
    name: 'presigned head: its key',
    ask: { method: 'HEAD', at: SEALED, headers: keyHeaders(KEY), ...presigned },
  },
  {
    name: 'presigned put: a key',
    ask: { method: 'PUT', headers: keyHeaders(KEY), body: BODY, ...presigned },
  },
  { name: 'presigned put: without a key', ask: { method: 'PUT', body: BODY, ...presigned } },
  {
    name: 'presigned get: expired',
    ask: { method: 'GET', at: SEALED, headers: keyHeaders(KEY), auth: 'presigned and expired' },
  },
  {
    name: 'get: without credentials',
    ask: { method: 'GET', at: SEALED, headers: keyHeaders(KEY), auth: 'none' },
  },
  {
    name: 'get: with another secret',
    ask: { method: 'GET', at: SEALED, headers: keyHeaders(KEY), auth: 'with another secret' },
  },
  {
    name: 'put: with another secret',
    ask: { method: 'PUT', headers: keyHeaders(KEY), body: BODY, auth: 'with another secret' },
  },
  ...Object.entries(IN_PLAIN).map(([name, ask]) => ({
    name: `over http: ${name}`,
    ask: { ...ask, ...http },
  })),
  {
    name: 'over http: get plain, a key',
    before: [{ method: 'PUT', body: BODY, ...http }],
    ask: { method: 'GET', headers: keyHeaders(KEY), ...http },
  },
];
