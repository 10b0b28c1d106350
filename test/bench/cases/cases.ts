import type { Work } from '../load/work.ts';
import type { Variant } from '../stand/proxy-config.ts';
import type { Peer } from '../stand/stand.ts';
import { get, head, list, put } from './works.ts';

/** Who does what in a case. Without a peer it is the proxy, as shipped or in a variant. */
export interface Entrant {
  readonly label: string;
  readonly peer?: Peer;
  readonly variant?: Variant;
  readonly work: Work;
}

/** What is measured in one go, its entrants interleaved: their ratios hold. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** A function, as bodies of 64 MiB are made for it. */
  readonly entrants: () => readonly Entrant[];
}

const PEERS: readonly Peer[] = ['direct', 'nginx', 'njs', 'versitygw'];

const beside = (work: Work): readonly Entrant[] => [
  ...PEERS.map((peer) => ({ label: peer, peer, work })),
  { label: 'ours', work },
];
const ours = (label: string, work: Work, variant: Variant = {}): Entrant => ({ label, work, variant });

/** The stores as config/schema knows them; `checks` says which hashes of a body the proxy computes for them. */
const PROVIDERS = ['aws', 'ceph', 'minio', 'obs', 'garage', 'seaweedfs', 'hetzner', 'generic'];

export const CASES: readonly Case[] = [
  { name: 'get-1k', title: 'GET 1 KiB', entrants: () => beside(get('1k')) },
  { name: 'presigned', title: 'presigned GET 1 KiB', entrants: () => beside(get('1k', { presigned: true })) },
  { name: 'head', title: 'HEAD', entrants: () => beside(head('1k')) },
  { name: 'put-1k', title: 'PUT 1 KiB', entrants: () => beside(put('1k')) },
  { name: 'get-64k', title: 'GET 64 KiB', entrants: () => beside(get('64k')) },
  { name: 'get-1m', title: 'GET 1 MiB', entrants: () => beside(get('1m')) },
  { name: 'put-1m', title: 'PUT 1 MiB', entrants: () => beside(put('1m')) },
  { name: 'get-64m', title: 'GET 64 MiB', entrants: () => beside(get('64m')) },
  { name: 'put-64m', title: 'PUT 64 MiB', entrants: () => beside(put('64m')) },
  {
    name: 'chunks',
    title: 'PUT 1 MiB, framed',
    entrants: () => [
      { label: 'njs, unsigned chunks', peer: 'njs', work: put('1m', 'unsigned chunks') },
      { label: 'njs, signed chunks', peer: 'njs', work: put('1m', 'signed chunks') },
      ours('plain', put('1m')),
      ours('unsigned chunks, CRC64NVME', put('1m', 'unsigned chunks')),
      ours('plain, SHA-256 checked here', put('1m', 'sha256'), { provider: 'generic' }),
      ours('signed chunks', put('1m', 'signed chunks')),
      ours('unsigned chunks, checked here', put('1m', 'unsigned chunks'), { provider: 'generic' }),
      ours('signed chunks, checked here', put('1m', 'signed chunks'), { provider: 'generic' }),
    ],
  },
  {
    name: 'list',
    title: 'List of 1,000',
    entrants: () => [
      { label: 'nginx', peer: 'nginx', work: list() },
      { label: 'njs', peer: 'njs', work: list() },
      ours('passed', list(), { etag: 'passthrough' }),
      ours('marked', list('marked'), { etag: 'mark' }),
    ],
  },
  {
    name: 'features',
    title: 'GET 1 KiB, one thing changed',
    entrants: () => [
      ours('as shipped', get('1k')),
      ours('no log lines', get('1k'), { log: 'silent' }),
      ours('no verification', get('1k'), { auth: 'none' }),
      ours('no SSE-C, no proof, no leak search', get('1k'), { encrypt: 'off' }),
      ours('2 rules', get('1k'), { otherRules: 1 }),
      ours('10,000 rules', get('1k'), { otherRules: 9_999 }),
      ours('the second key opens it', get('1k', {}, 'second'), { ring: 'both' }),
      ours('derived keys', get('1k'), { ring: 'derived' }),
      ours('over http-proxy', get('1k'), { upstream: '  transport: http-proxy' }),
      ours('signed by aws4', get('1k'), { upstream: '  signer: aws4' }),
    ],
  },
  {
    name: 'checks',
    title: 'PUT 1 MiB with its SHA-256, by provider',
    entrants: () => PROVIDERS.map((provider) => ours(provider, put('1m', 'sha256'), { provider })),
  },
  {
    name: 'tls',
    title: 'GET 1 KiB by TLS version of the client',
    entrants: () =>
      (['TLSv1.2', 'TLSv1.3'] as const).flatMap((tls): Entrant[] => {
        const work: Work = { ...get('1k'), by: 'links', tls };
        return [{ label: `njs, ${tls}`, peer: 'njs', work }, ours(tls, work)];
      }),
  },
  {
    name: 'handshakes',
    title: 'a connection for each GET 1 KiB',
    entrants: () =>
      (['full', 'resumed'] as const).flatMap((handshakes): Entrant[] => {
        const work: Work = { ...get('1k'), by: 'links', connections: 4, handshakes };
        return [{ label: `njs, ${handshakes}`, peer: 'njs', work }, ours(handshakes, work)];
      }),
  },
];
