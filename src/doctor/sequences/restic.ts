import type { Sequence, Step } from './step.ts';

/** Names are shortened. A pack is 300 KB, which restic made from a file of that size. */
const list = (on: string, delimiter: '/' | '' = '/'): Step => ({
  op: 'List',
  on,
  query: { delimiter, 'encoding-type': 'url', 'fetch-owner': 'true', 'list-type': '2' },
});
const put = (on: string, size: number): Step => ({
  op: 'Put',
  on,
  size,
  framing: 'unsigned',
  proof: 'md5',
  headers: { 'content-type': 'application/octet-stream' },
});

/** The start of each command: which layout is it, is there a config, and which key opens it? */
const OPEN: readonly Step[] = [
  list('keys/'),
  list('key/'),
  { op: 'Head', on: 'config' },
  list('keys/'),
  { op: 'Get', on: 'keys/419afc2b' },
  { op: 'Get', on: 'config' },
];
const lock = (name: string): readonly Step[] => [list('locks/'), put(`locks/${name}`, 137), list('locks/')];

export const restic: Sequence = {
  client: 'restic 0.14.0',
  from: 'recorded',
  doing: 'init, backup, check --read-data, restore, forget --prune',
  steps: [
    list('keys/'),
    list('key/'),
    { op: 'HeadBucket' },
    { op: 'Head', on: 'config', absent: true },
    put('keys/419afc2b', 439),
    put('config', 155),
    ...OPEN,
    ...lock('1a287ca8'),
    list('snapshots/'),
    list('index/'),
    put('data/ef/efcb4daa', 689),
    put('data/05/057cef26', 300_215),
    put('index/06982542', 411),
    put('snapshots/e8c0ae0d', 189),
    { op: 'Delete', on: 'locks/1a287ca8' },
    ...OPEN,
    ...lock('c9feb600'),
    list('snapshots/'),
    list('index/'),
    { op: 'Get', on: 'index/06982542' },
    list('data/', ''),
    { op: 'Get', on: 'snapshots/e8c0ae0d' },
    { op: 'Get', on: 'data/ef/efcb4daa' },
    { op: 'Get', on: 'data/05/057cef26', headers: { range: 'bytes=0-300214' } },
    { op: 'Delete', on: 'locks/c9feb600' },
    ...OPEN,
    ...lock('2b96d890'),
    list('snapshots/'),
    list('index/'),
    { op: 'Get', on: 'data/05/057cef26', headers: { range: 'bytes=300050-300096' } },
    { op: 'Delete', on: 'snapshots/e8c0ae0d' },
    put('data/01/01841957', 124),
    put('index/74c49ce3', 444),
    { op: 'Delete', on: 'index/06982542' },
    { op: 'Delete', on: 'data/ef/efcb4daa' },
    { op: 'Delete', on: 'data/05/057cef26' },
    { op: 'Delete', on: 'locks/2b96d890' },
  ],
};
