import { Counter, type Registry } from 'prom-client';
import type { RequestFields } from '../log-line.ts';
import type { Outcome } from '../outcome.ts';
import { Cells } from './tally.ts';

/** What requests can be counted by beside their operation, by choice: it may be a lot of series. */
export type UsageLabel = 'client' | 'bucket';

/** So many pairs of client and bucket are counted by their names. */
const MOST_PAIRS = 2000;

const OTHER = 'other';

/** What the config in use names: a client by its access key id, and a bucket in a rule of its own, not in a pattern. */
export interface Named {
  client(accessKeyId: string): boolean;
  bucket(bucket: string): boolean;
  /** The access key ids of all clients. */
  readonly clients?: () => Iterable<string>;
  /** The paths of all stores. */
  readonly stores?: () => Iterable<string>;
}

class Usage {
  readonly requests: Record<Outcome, number> = { served: 0, refused: 0, left: 0, cut: 0, failed: 0 };
  readonly bytes = { received: 0, sent: 0 };
}

/**
 * Who uses what, where the config asks for it. Clients and buckets have a name here if the config names them.
 * @returns what counts a request at its end
 */
export function addUsageMetrics(
  registry: Registry,
  labels: readonly UsageLabel[],
  named: Pick<Named, 'bucket'>,
): (record: Readonly<RequestFields>) => void {
  const [byClient, byBucket] = [labels.includes('client'), labels.includes('bucket')];
  const cells = new Cells(() => new Usage());
  const show = (name: string, help: string, last: string, values: (usage: Usage) => object): void => {
    const metric: Counter = new Counter({
      name,
      help,
      labelNames: [...labels, last],
      registers: [registry],
      collect: () => {
        metric.reset();
        for (const [client, bucket, usage] of cells.all()) {
          const who = { ...(byClient && { client }), ...(byBucket && { bucket }) };
          for (const [value, count] of Object.entries(values(usage)))
            if (count > 0) metric.inc({ ...who, [last]: value }, count);
        }
      },
    });
  };
  show(
    'ssec_proxy_usage_requests_total',
    'Requests by outcome, and by client or bucket as metrics.labels says.',
    'outcome',
    ({ requests }) => requests,
  );
  show(
    'ssec_proxy_usage_bytes_total',
    'Bytes of bodies, received and sent, by client or bucket as metrics.labels says.',
    'direction',
    ({ bytes }) => bytes,
  );
  return ({ client = OTHER, bucket, outcome = 'failed', bytesIn = 0, bytesOut = 0 }) => {
    const own = byBucket && bucket !== undefined && named.bucket(bucket);
    const usage = cellOf(cells, byClient ? client : OTHER, own ? bucket : OTHER);
    usage.requests[outcome] += 1;
    usage.bytes.received += bytesIn;
    usage.bytes.sent += bytesOut;
  };
}

/** Configs come and go by reloads: what was counted once stays, so there is an end to it. */
function cellOf(cells: Cells<Usage>, client: string, bucket: string): Usage {
  const full = cells.size >= MOST_PAIRS && !cells.has(client, bucket);
  return full ? cells.at(OTHER, OTHER) : cells.at(client, bucket);
}
