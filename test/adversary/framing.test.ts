import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { type Case, CORPUS } from './framing-corpus.ts';
import { type Arrived, type StrictStore, strictStore } from './strict-store.ts';
import { type Outcome, sendRaw, startTarget } from './target-proxy.ts';

/** Stands behind each request of the corpus: it is served when, and only when, the proxy knows where that one ended. */
const NEXT = 'GET /plain/next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const HEAD = /HTTP\/1\.1 (\d{3}) /g;

const statuses = ({ received }: Outcome): number[] =>
  [...received.matchAll(HEAD)].map(([, status]) => Number(status)).filter((status) => status !== 100);

interface Stand {
  readonly store: StrictStore;
  readonly port: number;
  readonly ca?: string;
}

/** Sends one case and says what is wrong with what became of it; undefined when nothing is. */
async function judge({ bytes, verdict }: Case, { store, port, ca }: Stand): Promise<string | undefined> {
  const before = store.arrived.length;
  const enough = (received: string): boolean => statuses({ received, ended: false }).length === 2;
  const closes = verdict.kind === 'refused';
  const outcome = await sendRaw({
    port,
    ...(ca === undefined ? {} : { ca }),
    pieces: [bytes + NEXT],
    ...(closes ? {} : { enough }),
  });
  const came = store.arrived.slice(before);
  const answers = statuses(outcome);
  const seen = `${answers.join()} ${outcome.ended ? 'ended' : 'open'}, arrived: ${came.map(({ method, target }) => `${method} ${target}`).join(', ') || 'nothing'}`;
  if (closes) {
    const good = answers.length === 1 && (answers[0] ?? 0) >= 400 && (answers[0] ?? 0) < 500;
    return good && outcome.ended && came.length === 0 ? undefined : seen;
  }
  const ends = verdict.kind === 'forwarded' && verdict.ends;
  if (ends && !outcome.ended) return `the connection does not end: ${seen}`;
  // Reads that were sent at once are read from the store at once, in any order.
  const next = came.findIndex(({ target }) => target === '/plain/next');
  const [served] = next < 0 ? [] : came.splice(next, 1);
  if (!ends && (served === undefined || answers[1] !== 200)) return `the next one was not served: ${seen}`;
  if (verdict.kind === 'declined') return (answers[0] ?? 0) >= 400 && came.length === 0 ? undefined : seen;
  const [only, ...more] = came;
  if (!only || more.length > 0 || answers[0] !== 200) return seen;
  return difference(only, verdict);
}

function difference(
  arrived: Arrived,
  { method, target, body, headers }: Case['verdict'] & { kind: 'forwarded' },
): string | undefined {
  if (arrived.method !== method || arrived.target !== target)
    return `arrived as ${arrived.method} ${arrived.target}`;
  if (arrived.body !== body) return `with the body ${JSON.stringify(arrived.body)}`;
  const wrong = Object.entries(headers).filter(([name, value]) => arrived.headers[name] !== value);
  return wrong.length === 0 ? undefined : `without ${wrong.map(([name]) => name).join(', ')}`;
}

async function judgeAll(t: Test, corpus: readonly Case[], stand: Stand): Promise<void> {
  for (const each of corpus) {
    const fault = await judge(each, stand);
    if (fault !== undefined)
      t.fail(each.name, { seen: fault, bytes: JSON.stringify(each.bytes.slice(0, 300)) });
  }
  const forwarded = corpus.filter(({ verdict }) => verdict.kind === 'forwarded').length;
  const served = corpus.filter(
    ({ verdict }) => verdict.kind !== 'refused' && !('ends' in verdict && verdict.ends),
  );
  t.equal(stand.store.arrived.length, forwarded + served.length, 'nothing arrived late');
  t.same(stand.store.faults, [], 'nothing but the plainest HTTP reached the store');
  t.equal(stand.store.broken(), 0, 'nor half a request');
}

t.test('the corpus has at least 200 requests, each of another name', async (t) => {
  t.ok(CORPUS.length >= 200, `${CORPUS.length} requests`);
  t.equal(new Set(CORPUS.map(({ name }) => name)).size, CORPUS.length);
});

t.test('a raw request is refused with its connection, or reaches the store as exactly one', async (t) => {
  const store = await strictStore(t);
  await judgeAll(t, CORPUS, { store, ...(await startTarget(t, store)) });
});

t.test('so it is over TLS', async (t) => {
  const store = await strictStore(t);
  const { ca, cert, key } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const target = await startTarget(t, { ...store, tls: { cert, key } });
  const sample = CORPUS.filter((_, index) => index % 8 === 0);
  await judgeAll(t, sample, { store, ca, ...target });
});
