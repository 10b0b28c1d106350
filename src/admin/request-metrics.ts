import type { Registry } from 'prom-client';
import type { RequestFields, StoreRefusal } from '../log-line.ts';
import { countedStatus } from '../outcome.ts';
import { operationClass } from '../s3/operation-class.ts';
import { HistogramTally, Tally } from './tally.ts';
import { SECONDS } from './upstream-metrics.ts';
import type { Named } from './usage-metrics.ts';

const UNKNOWN = 'unknown-client';

/** Who may not enter, by the code that the client got. Nobody wanted to log in with what else is refused before the client is known. */
const LOGIN_FAILURES: ReadonlyMap<string | undefined, string> = new Map([
  ['SignatureDoesNotMatch', 'signature'],
  ['InvalidAccessKeyId', UNKNOWN],
  ['RequestTimeTooSkewed', 'clock'],
  ['AccessDenied', 'denied'],
]);

const OTHER = 'other';

/** The counters of so many clients are shown before one of their logins fails. */
const MOST_KNOWN = 250;

/** What a store may have against the proxy. */
const REFUSALS: readonly (StoreRefusal | 'unnamed')[] = [
  'credentials',
  'clock',
  'region',
  'address',
  'protocol',
  'unnamed',
];

/** @returns what counts a request at its end, by labels that no client chooses */
export function addRequestMetrics(
  registry: Registry,
  named: Pick<Named, 'client' | 'clients' | 'stores'>,
): (record: Readonly<RequestFields>) => void {
  const registers = [registry];
  const requests = new Tally({
    name: 'ssec_proxy_requests_total',
    help: 'Requests by operation and status; 499: the client left before the end of the answer, 599: the answer broke off.',
    labelNames: ['op', 'status'],
    registers,
  });
  const duration = new HistogramTally(
    {
      name: 'ssec_proxy_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its answer, by kind of operation and outcome.',
      labelNames: ['class', 'outcome'],
      buckets: SECONDS,
    },
    registry,
  );
  const firstByte = new HistogramTally(
    {
      name: 'ssec_proxy_request_time_to_first_byte_seconds',
      help: 'Time from the headers of a request to the head of its answer, by kind of operation and outcome.',
      labelNames: ['class', 'outcome'],
      buckets: SECONDS,
    },
    registry,
  );
  const bytes = new Tally({
    name: 'ssec_proxy_body_bytes_total',
    help: 'Bytes of the bodies of requests (received) and of answers (sent), by kind of operation. Counted when the request ends.',
    labelNames: ['class', 'direction'],
    registers,
  });
  const logins = new Tally({
    name: 'ssec_proxy_login_failures_total',
    help: 'Requests that were refused before their client was known, by the client of the config that they claimed to be from, else "other".',
    labelNames: ['client', 'reason'],
    registers,
    known: () => knownLogins(named),
  });
  const refusals = new Tally({
    name: 'ssec_proxy_upstream_refusals_total',
    help: 'Requests in which the store refused the proxy itself, by what it has against it: credentials, clock, region, address, protocol; unnamed: it answered HEAD with 403, which may be about the object as well.',
    labelNames: ['upstream', 'reason'],
    registers,
    known: () => knownRefusals(named),
  });
  const retries = new Tally({
    name: 'ssec_proxy_upstream_retries_total',
    help: 'How often a store was asked again for the same request, by reason: reset (the connection broke before an answer), region (the bucket is in another one), key (the object may have another SSE-C key).',
    labelNames: ['upstream', 'reason'],
    registers,
  });
  return (record) => {
    const { op, status = 0, outcome = 'failed', ms = 0, firstByteMs, bytesIn, bytesOut } = record;
    const kind = operationClass(op);
    requests.add(op ?? 'unknown', countedStatus(status, outcome));
    duration.observe(kind, outcome, ms / 1000);
    if (firstByteMs !== undefined) firstByte.observe(kind, outcome, firstByteMs / 1000);
    if (bytesIn) bytes.add(kind, 'received', bytesIn);
    if (bytesOut) bytes.add(kind, 'sent', bytesOut);
    const refusal = refusalIn(record);
    if (refusal) refusals.add(record.upstream ?? 'upstream', refusal);
    if (record.retried !== undefined)
      for (const reason of record.retried.split(' ')) retries.add(record.upstream ?? 'upstream', reason);
    const reason = record.client === undefined ? LOGIN_FAILURES.get(record.code) : undefined;
    if (reason !== undefined) logins.add(knownClient(record, named), reason);
  };
}

/** An answer to HEAD has no document, which would say who is refused. */
function refusalIn({
  storeRefusal,
  upstreamStatus,
  method,
}: Readonly<RequestFields>): StoreRefusal | 'unnamed' | undefined {
  return storeRefusal ?? (upstreamStatus === 403 && method === 'HEAD' ? 'unnamed' : undefined);
}

/** What somebody only says is a label where the config has it, so that nobody makes new ones. */
function knownClient({ claimed }: Readonly<RequestFields>, named: Pick<Named, 'client'>): string {
  return claimed !== undefined && named.client(claimed) ? claimed : OTHER;
}

function* knownLogins({
  clients = () => [],
}: Pick<Named, 'clients'>): Generator<readonly [client: string, reason: string]> {
  for (const reason of LOGIN_FAILURES.values()) yield [OTHER, reason];
  let count = 0;
  for (const client of clients()) {
    if (count === MOST_KNOWN) return;
    count += 1;
    for (const reason of LOGIN_FAILURES.values()) if (reason !== UNKNOWN) yield [client, reason];
  }
}

function* knownRefusals({
  stores = () => [],
}: Pick<Named, 'stores'>): Generator<readonly [store: string, reason: string]> {
  for (const store of stores()) for (const reason of REFUSALS) yield [store, reason];
}
