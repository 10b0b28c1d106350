import type { Case } from '../ask.ts';
import { BODY, KEY, OTHER, SEALED, trio } from './fixtures.ts';

const presigned = { auth: 'presigned' } as const;

const http = { scheme: 'http' } as const;
/** Without TLS no key may be sent. */
const IN_PLAIN: Readonly<Record<string, Case['ask']>> = {
  'put, a key': { method: 'PUT', headers: trio(KEY), body: BODY },
  'put, the algorithm alone': {
    method: 'PUT',
    headers: trio(KEY, { key: undefined, md5: undefined }),
    body: BODY,
  },
  'put, without a key': { method: 'PUT', body: BODY },
  'get nothing, a key': { method: 'GET', headers: trio(KEY) },
  'head nothing, a key': { method: 'HEAD', headers: trio(KEY) },
  'create upload, a key': { method: 'POST', query: { uploads: '' }, headers: trio(KEY) },
  'presigned put, a key': { method: 'PUT', headers: trio(KEY), body: BODY, ...presigned },
};

export const ACCESS_CASES: readonly Case[] = [
  { name: 'presigned get: its key', ask: { method: 'GET', at: SEALED, headers: trio(KEY), ...presigned } },
  { name: 'presigned get: without a key', ask: { method: 'GET', at: SEALED, ...presigned } },
  {
    name: 'presigned get: another key',
    ask: { method: 'GET', at: SEALED, headers: trio(OTHER), ...presigned },
  },
  { name: 'presigned head: its key', ask: { method: 'HEAD', at: SEALED, headers: trio(KEY), ...presigned } },
  { name: 'presigned put: a key', ask: { method: 'PUT', headers: trio(KEY), body: BODY, ...presigned } },
  { name: 'presigned put: without a key', ask: { method: 'PUT', body: BODY, ...presigned } },
  {
    name: 'presigned get: expired',
    ask: { method: 'GET', at: SEALED, headers: trio(KEY), auth: 'presigned and expired' },
  },
  { name: 'get: without credentials', ask: { method: 'GET', at: SEALED, headers: trio(KEY), auth: 'none' } },
  {
    name: 'get: with another secret',
    ask: { method: 'GET', at: SEALED, headers: trio(KEY), auth: 'with another secret' },
  },
  {
    name: 'put: with another secret',
    ask: { method: 'PUT', headers: trio(KEY), body: BODY, auth: 'with another secret' },
  },
  ...Object.entries(IN_PLAIN).map(([name, ask]) => ({
    name: `over http: ${name}`,
    ask: { ...ask, ...http },
  })),
  {
    name: 'over http: get plain, a key',
    before: [{ method: 'PUT', body: BODY, ...http }],
    ask: { method: 'GET', headers: trio(KEY), ...http },
  },
];
