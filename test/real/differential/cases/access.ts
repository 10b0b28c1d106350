import type { Case } from '../ask.ts';
import { BODY, KEY, OTHER, SEALED, trio } from './fixtures.ts';

const presigned = { auth: 'presigned' } as const;

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
];
