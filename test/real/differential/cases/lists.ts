import type { Ask, Case } from '../ask.ts';
import { BODY, KEY, keyHeaders, OTHER, VERSIONS } from './fixtures.ts';

const list = (query: Readonly<Record<string, string>>): Ask => ({
  method: 'GET',
  at: 'bucket',
  query: { prefix: 'fixtures/', ...query },
});
const put = (key = KEY): Ask => ({ method: 'PUT', headers: keyHeaders(key), body: BODY });
const versioned = { bucket: VERSIONS } as const;
const shows = ['Key', 'Size', 'IsTruncated', 'KeyCount', 'MaxKeys'];

export const LIST_CASES: readonly Case[] = [
  { name: 'list', ask: list({}), shows },
  { name: 'list v2', ask: list({ 'list-type': '2' }), shows },
  { name: 'list: one key', ask: list({ 'list-type': '2', 'max-keys': '1' }), shows },
  { name: 'list: no keys', ask: list({ 'list-type': '2', 'max-keys': '0' }), shows },
  { name: 'list: -1 keys', ask: list({ 'list-type': '2', 'max-keys': '-1' }), shows },
  { name: 'list: x keys', ask: list({ 'list-type': '2', 'max-keys': 'x' }), shows },
  { name: 'list: 5000 keys', ask: list({ 'list-type': '2', 'max-keys': '5000' }), shows },
  {
    name: 'list: grouped',
    ask: list({ 'list-type': '2', prefix: 'fix', delimiter: '/' }),
    shows: ['Key', 'Prefix'],
  },
  { name: 'list: an unknown encoding', ask: list({ 'encoding-type': 'x' }), shows: ['Key'] },
  {
    name: 'list: a token that is none',
    ask: list({ 'list-type': '2', 'continuation-token': '*' }),
    shows: ['Key'],
  },
  { name: 'list: after', ask: list({ 'list-type': '2', 'start-after': 'fixtures/plain' }), shows: ['Key'] },
  { name: 'list: no such bucket', ask: { ...list({}), bucket: 'differential-none' } },
  {
    name: 'list v2: with metadata',
    before: [{ method: 'PUT', headers: { 'x-amz-meta-listed': 'yes' }, body: BODY }],
    ask: list({ 'list-type': '2', prefix: '{key}', metadata: 'true' }),
    shows: ['Size', 'X-Amz-Meta-Listed'],
  },
  {
    name: 'list uploads: encoded',
    before: [{ method: 'POST', at: { objectKey: 'uploads a&b' }, query: { uploads: '' } }],
    ask: { method: 'GET', at: 'bucket', query: { uploads: '', prefix: 'uploads', 'encoding-type': 'url' } },
    shows: ['Key', 'EncodingType'],
  },
  {
    name: 'versions: list',
    ...versioned,
    before: [put(), put(OTHER)],
    ask: { method: 'GET', at: 'bucket', query: { versions: '', prefix: '{key}' } },
    shows: ['IsLatest', 'Size'],
  },
  {
    name: 'versions: the first by its key',
    ...versioned,
    before: [put(), { ...put(OTHER), at: { objectKey: 'of-another' } }],
    ask: { method: 'GET', headers: keyHeaders(KEY) },
  },
  {
    name: 'versions: another version, its key',
    ...versioned,
    before: [put(OTHER), put()],
    ask: { method: 'GET', query: { versionId: '{VersionId}' }, headers: keyHeaders(KEY) },
  },
  {
    name: 'versions: another version, the key of another',
    ...versioned,
    before: [put(OTHER), put()],
    ask: { method: 'GET', query: { versionId: '{VersionId}' }, headers: keyHeaders(OTHER) },
  },
  {
    name: 'versions: one that there is not',
    ...versioned,
    before: [put()],
    ask: { method: 'GET', query: { versionId: 'none' }, headers: keyHeaders(KEY) },
  },
  {
    name: 'versions: a marker',
    ...versioned,
    before: [put(), { method: 'DELETE' }],
    ask: { method: 'GET', headers: keyHeaders(KEY) },
    shows: ['x-amz-delete-marker'],
  },
  {
    name: 'versions: a marker by its id',
    ...versioned,
    before: [put(), { method: 'DELETE' }],
    ask: { method: 'GET', query: { versionId: '{VersionId}' }, headers: keyHeaders(KEY) },
    shows: ['x-amz-delete-marker'],
  },
  {
    name: 'versions: delete',
    ...versioned,
    before: [put()],
    ask: { method: 'DELETE' },
    shows: ['x-amz-delete-marker'],
    leaves: true,
  },
  {
    name: 'versions: delete one without its key',
    ...versioned,
    before: [put()],
    ask: { method: 'DELETE', query: { versionId: '{VersionId}' } },
    leaves: true,
  },
  { name: 'bucket: head', ask: { method: 'HEAD', at: 'bucket' } },
  { name: 'bucket: head of none', ask: { method: 'HEAD', at: 'bucket', bucket: 'differential-none' } },
  { name: 'bucket: delete one with objects', ask: { method: 'DELETE', at: 'bucket' } },
  { name: 'bucket: delete none', ask: { method: 'DELETE', at: 'bucket', bucket: 'differential-none' } },
];
