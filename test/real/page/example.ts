import type { Around } from '../../../src/status/around.ts';
import type { Facts, Failure } from '../../../src/status/facts.ts';
import { COLUMNS, type Column, MINUTES } from '../../../src/status/minutes.ts';

const NOW = Date.UTC(2026, 10, 27, 3, 0);
const MINUTE = 60_000;

/** A proxy on a usual night, with something in every table. */
export const FACTS: Facts = {
  startedAt: NOW - 8 * 60 * MINUTE,
  minutes: minutesOf((index) => ({
    requests: 100 + Math.round(60 * Math.sin(index / 20)),
    served: 95,
    refused: index % 7 === 0 ? 3 : 0,
    bytesIn: 4e6 + 1e4 * index,
    bytesOut: 9e6,
    ms: 3000,
    asked: 100,
    storeMs: 2200,
    busy: 0.1,
  })),
  upstreams: [
    store('upstream', { lastAnswer: NOW - 900, answers: 40_000, open: 12, idle: 9 }),
    store('upstreams.archive', { lastAnswer: NOW - 61 * MINUTE, answers: 12 }),
  ],
  rules: [
    rule('rules[0]', 'backups', '', {
      hits: 31_000,
      writtenEncrypted: 20_000,
      readFirstKey: 9000,
      readOlderKey: 1200,
    }),
    rule('rules[1]', 'logs-*', 'app/', {
      hits: 9000,
      writtenEncrypted: 8000,
      readFirstKey: 900,
      readPlain: 100,
    }),
    { ...rule('rules[2]', 'public', '', { hits: 40, readPlain: 40 }), encrypts: false },
  ],
  keys: [
    { id: '2026-q4', source: 'vault:main', since: NOW - 8 * 60 * MINUTE, uses: 37_000, lastUse: NOW - 900 },
    { id: '2026-q3', source: 'file', since: NOW - 8 * 60 * MINUTE, uses: 1200, lastUse: NOW - 20 * MINUTE },
  ],
  clients: [
    { name: 'AKIDBACKUPS', requests: 30_000, lastRequest: NOW - 900, refused: 0 },
    { name: 'AKIDLOGS', requests: 9000, lastRequest: NOW - 70_000, refused: 0 },
  ],
  limits: [
    { name: 'connections', used: 40, most: 1000, hits: 0 },
    { name: 'requestsPerClient', used: 12, most: 256, hits: 3, lastHit: NOW - 60 * MINUTE },
  ],
  fronts: [],
  distrusted: [],
  tlsFailures: [],
  logs: [],
  failures: [failure({ outcome: 'left', status: 499, code: 'ClientLeft', cause: 'the client left' })],
  refusals: [
    failure({
      outcome: 'refused',
      status: 403,
      code: 'AccessDenied',
      objectKey: `a/very/long/name/${'of-an-object/'.repeat(12)}end`,
      cause: 'no grant allows client AKIDLOGS to delete s3://backups/',
    }),
  ],
};

export const AROUND: Around = {
  now: NOW,
  loadedAt: NOW - 100 * MINUTE,
  reloads: [{ at: NOW - 100 * MINUTE, result: 'success' }],
  waits: [],
  keyStores: [
    { name: 'vault:main', lastSuccess: NOW - 4 * MINUTE },
    { name: 'file', lastSuccess: NOW - 100 * MINUTE },
  ],
  certificates: [
    {
      of: 'listen[0]',
      shownBy: 'proxy',
      names: 'DNS:s3.example.com, DNS:*.s3.example.com',
      from: NOW - 10 * 1440 * MINUTE,
      to: NOW + 80 * 1440 * MINUTE,
    },
  ],
};

/** The same figures each minute, or as they are for its number. */
export function minutesOf(
  of: (index: number) => Partial<Record<Column, number>>,
  count = MINUTES,
): Facts['minutes'] {
  const rows = Array.from({ length: count }, (_, index) => {
    const figures = of(index);
    const times = Array.from({ length: 18 }, () => 0);
    times[4] = figures.requests ?? 0;
    return [...COLUMNS.map((name) => figures[name] ?? 0), ...times];
  });
  return { last: NOW / MINUTE, rows };
}

function store(name: string, more: Partial<Facts['upstreams'][number]>): Facts['upstreams'][number] {
  const none = {
    answers: 0,
    failures: 0,
    inARow: 0,
    open: 0,
    idle: 0,
    waiting: 0,
    most: 512,
    mostWaiting: 512,
  };
  const served = more.lastAnswer === undefined ? [] : [{ pair: '', at: more.lastAnswer }];
  const refusals = { refused: [], served, denials: { times: 0, last: 0 } };
  return { name, ...none, outage: false, refusals, ...more };
}

function rule(name: string, bucket: string, prefix: string, more: object): Facts['rules'][number] {
  const none = {
    writtenEncrypted: 0,
    writtenPlain: 0,
    readFirstKey: 0,
    readOlderKey: 0,
    readPlain: 0,
    ownKey: 0,
  };
  return { name, bucket, prefix, encrypts: true, hits: 0, ...none, ...more };
}

function failure(more: Partial<Failure>): Failure {
  return {
    at: NOW - 12 * MINUTE,
    id: '0123456789ABCDEF',
    outcome: 'failed',
    status: 500,
    op: 'GetObject',
    client: 'AKIDLOGS',
    bucket: 'backups',
    ...more,
  };
}
