import { randomBytes } from 'node:crypto';
import { BUCKETS } from '../../matrix/proxy.ts';
import { equal, outcome } from '../signed/checks.ts';
import type { Answer, Client, Send, Sent } from '../signed/send.ts';
import type { Stand } from '../signed/stand.ts';

/** What no answer to another request may show. */
export const CONTENT = 'what was not asked for';

/** All that the client of few grants may do, in every bucket. */
export const MINE = 'mine/';

const BUCKETS_HELD = Object.values(BUCKETS);
const LIMITED: Client = { accessKeyId: 'MATRIXLIMITED', secretAccessKey: randomBytes(20).toString('hex') };

/** A rule for every bucket, so that none is refused for want of one, and a client of few grants. */
export const PROXY = {
  clients: `  - accessKeyId: ${LIMITED.accessKeyId}
    secretAccessKey: ${LIMITED.secretAccessKey}
    allow: [{ bucket: "*", prefix: ${MINE}, actions: [read, write, list, delete] }]`,
  rules: '  - { match: { bucket: "*" }, encrypt: off }',
};

/** Codes of S3 with their statuses, as `501 NotImplemented`, for the administrator and for the client of few grants. */
interface Refusals {
  readonly administrator: string;
  readonly limited: string;
}

export interface Meanings {
  /** At the store. Throws when the answer is not a success. */
  readonly made: (sent: Sent) => Promise<Answer>;
  readonly direct: Send;
  readonly administrator: Send;
  readonly limited: Send;
  /** Sends it as both clients, in headers and as links. Throws unless each is refused so, and the store as it was. */
  readonly refused: (sent: Sent, refusals: Refusals) => Promise<void>;
  /** Which buckets there are, and all versions of all objects in these ones. No two answers are the same where one is gone. */
  readonly held: (buckets: readonly string[]) => Promise<string>;
}

export function openMeanings({ direct, signed, link, as }: Stand): Meanings {
  const made: Meanings['made'] = async (sent) => {
    const answer = await direct(sent);
    if (answer.status >= 300) throw new Error(`${sent.method} ${sent.path}: ${outcome(answer)} at the store`);
    return answer;
  };
  const held: Meanings['held'] = async (buckets) => {
    const paths = ['/', ...buckets.map((bucket) => `/${bucket}?versions`)];
    const bodies: string[] = [];
    for (const path of paths) bodies.push((await direct({ method: 'GET', path })).body);
    return bodies.join('\n');
  };
  const limited = as(LIMITED, 'headers');
  return {
    made,
    held,
    direct,
    administrator: signed,
    limited,
    refused: async (sent, refusals) => {
      const before = await held(BUCKETS_HELD);
      const { headers = {}, ...rest } = sent;
      const linked = { ...rest, query: headers };
      const said = [
        `administrator ${outcome(await signed(sent))}, by a link ${outcome(await link(linked))}`,
        `limited ${outcome(await limited(sent))}, by a link ${outcome(await as(LIMITED, 'link')(linked))}`,
      ];
      equal(
        `${sent.method} ${sent.path}: ${said.join('; ')}`,
        `${sent.method} ${sent.path}: ${wanted(refusals)}`,
      );
      if ((await held(BUCKETS_HELD)) !== before)
        throw new Error(`${sent.method} ${sent.path}: a change at the store`);
    },
  };
}

function wanted({ administrator, limited }: Refusals): string {
  return `administrator ${administrator}, by a link ${administrator}; limited ${limited}, by a link ${limited}`;
}
