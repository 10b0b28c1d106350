import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import type { Query } from '../../s3/query.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { misfit } from '../store/misfit.ts';

/**
 * Does the status fit the question? A client takes a part for the whole object, and no content for an empty one.
 * @throws S3Error ServiceUnavailable
 */
export function requireOwnStatus(
  { received: { headers }, log }: Pick<Exchange, 'received' | 'log'>,
  response: StoreResponse,
  plan: Plan,
): void {
  const { operation, target } = plan;
  const fault = faultOf(response, operation, headers, target.query);
  if (fault !== undefined) throw misfit(log, plan, fault);
}

function faultOf(
  response: StoreResponse,
  { method, successes }: Operation,
  asked: WireHeaders,
  query: Query,
): string | undefined {
  const { statusCode: status = 0 } = response;
  if (status === 304) {
    const reads = method === 'GET' || method === 'HEAD';
    const conditional = reads && (asked.has('if-none-match') || asked.has('if-modified-since'));
    return conditional ? undefined : 'status 304, and there was no condition';
  }
  if (status < 200 || status > 299) return undefined;
  if (!successes.has(status)) return `status ${status}`;
  if (status !== 206) return undefined;
  const range = asked.joined('range');
  if (range === undefined && !query.has('partNumber')) return 'a part, and the whole was asked for';
  const { headers } = response;
  const given = headers['content-range'];
  const length = lengthOf(headers['content-length'], asked);
  return isPartAsked({ range, given, length })
    ? undefined
    : `another part than was asked for (${shown(given)})`;
}

/** Of the part alone: an MD5 may stand behind it, of 16 bytes. */
function lengthOf(length: string | undefined, asked: WireHeaders): number | undefined {
  if (length === undefined) return undefined;
  return Number(length) - (asked.has('x-amz-te') ? MD5_BYTES : 0);
}

const MD5_BYTES = 16;

interface Part {
  readonly range: string | undefined;
  readonly given: string | undefined;
  readonly length: number | undefined;
}

/** Does the part that is given fit its own length, and the range, where that is one that can be told? */
function isPartAsked({ range, given = '', length }: Part): boolean {
  const [, from, to, of] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(given) ?? [];
  if (from === undefined || to === undefined || of === undefined) return false;
  const [first, last, size] = [Number(from), Number(to), of === '*' ? undefined : Number(of)];
  if (last < first || (size !== undefined && last >= size)) return false;
  if (length !== undefined && length !== last - first + 1) return false;
  const [, begin, end] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec((range ?? '').trim()) ?? [];
  if (begin === undefined || end === undefined) return true;
  // A suffix: the last bytes of the object.
  if (begin === '')
    return size === undefined || (last === size - 1 && first === Math.max(0, size - Number(end)));
  const endsWithObject = size === undefined || last === size - 1;
  return (
    first === Number(begin) &&
    (end === '' ? endsWithObject : last === Number(end) || (last < Number(end) && endsWithObject))
  );
}

function shown(given: string | undefined): string {
  return given !== undefined && /^bytes [\d*/-]{1,60}$/.test(given)
    ? given
    : 'without a Content-Range that says which';
}
