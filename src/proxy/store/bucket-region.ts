import { readErrorText } from '../../response/store-error.ts';
import { readDocument } from '../../s3/document.ts';
import { WireHeaders } from '../../s3/headers.ts';
import { OPERATIONS } from '../../s3/operations.ts';
import { parseTarget } from '../../s3/target.ts';
import type { BucketRegions } from '../../upstream/bucket-regions.ts';
import type { Answer } from '../../upstream/forward.ts';
import { hasRegions, inRegion, isRegion } from '../../upstream/regions.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Plan } from '../plan/make-plan.ts';
import type { Sending } from './attempt.ts';
import type { AttemptKeys } from './outbound.ts';

/** A request of one attempt. */
interface Asking {
  readonly sending: Sending;
  readonly plan: Plan;
  readonly keys: AttemptKeys;
}

/** Sends it to an upstream, be it that of the plan or the same in another region. */
type Send = (asking: Asking, upstream: Upstream) => Promise<Answer>;

interface Context {
  readonly upstream: Upstream;
  readonly regions: BucketRegions;
}

const HEAD_BUCKET = OPERATIONS.find(({ name }) => name === 'HeadBucket');

/** Operations that say nothing of where a bucket is when they succeed: any region answers them. */
const ANYWHERE: ReadonlySet<string> = new Set(['CreateBucket', 'GetBucketLocation']);

/**
 * Sends a request to the region of its bucket. Where the store says that this is another one than was tried, it goes
 * there, once; clients never hear of it. A body can't be sent twice, so before the first one the bucket is asked for.
 */
export async function sendToRegion(asking: Asking, context: Context, send: Send): Promise<Answer> {
  const { upstream, regions } = context;
  const { target, operation } = asking.plan;
  if (target.shape === 'service' || operation.name === 'CreateBucket' || !hasRegions(upstream)) {
    return await send(asking, upstream);
  }
  const { bucket } = target;
  const bodyless = asking.sending.body === 'none';
  if (!bodyless && regions.recall(upstream, bucket) === undefined) await askBucket(asking, context, send);
  const tried = regions.recall(upstream, bucket);
  const here = tried ?? upstream.region;
  const { answer, told } = await regionTold(await send(asking, inRegion(upstream, here)), asking);
  if (told === 'here') {
    if (!ANYWHERE.has(operation.name)) noteRegion(answer, () => regions.remember(upstream, bucket, here));
    return answer;
  }
  if (told === 'unclear' && (tried !== undefined || operation === HEAD_BUCKET)) {
    if (isRedirect(answer)) regions.forget(upstream, bucket);
    return answer;
  }
  if (told === 'unclear') await askBucket(asking, context, send);
  else regions.remember(upstream, bucket, told);
  const there = regions.recall(upstream, bucket) ?? here;
  if (there === here || !bodyless) return answer;
  answer.response.resume();
  return await send(asking, inRegion(upstream, there));
}

/** A bucket that is not there may be made anywhere. */
function noteRegion({ response: { statusCode = 0 } }: Answer, remember: () => void): void {
  if (statusCode < 500 && statusCode !== 404) remember();
}

/** A HEAD of the bucket, whose answer has the region whatever its status: what it tells is in the regions then. */
async function askBucket({ sending, plan }: Asking, context: Context, send: Send): Promise<void> {
  if (plan.target.shape === 'service' || !HEAD_BUCKET) return;
  const { bucket } = plan.target;
  const head: Asking = {
    sending: { ...sending, method: 'HEAD', headers: new WireHeaders([]), body: 'none' },
    plan: {
      ...plan,
      operation: HEAD_BUCKET,
      target: parseTarget(`/${bucket}`, undefined, []),
      upload: undefined,
      ssec: { kind: 'none' },
      source: undefined,
    },
    keys: {},
  };
  const { upstream, regions } = context;
  const { answer, told } = await regionTold(await send(head, upstream), head);
  answer.response.resume();
  if (told === 'here') noteRegion(answer, () => regions.remember(upstream, bucket, upstream.region));
  else if (told !== 'unclear') regions.remember(upstream, bucket, told);
}

/** `here`: where it was sent. `unclear`: perhaps elsewhere, and the answer does not say where. */
type Told = 'here' | 'unclear' | (string & {});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html; a document that is read stays with its answer. */
async function regionTold(
  answer: Answer,
  { sending: { method } }: Asking,
): Promise<{ readonly answer: Answer; readonly told: Told }> {
  const { statusCode = 0, headers } = answer.response;
  const redirects = isRedirect(answer);
  if (!redirects && statusCode !== 400 && statusCode !== 403) return { answer, told: 'here' };
  const said = headers['x-amz-bucket-region'];
  if (said !== undefined) return { answer, told: isRegion(said) ? said : 'here' };
  if (redirects || (method === 'HEAD' && statusCode === 400)) return { answer, told: 'unclear' };
  if (statusCode === 403) return { answer, told: 'here' };
  const document = await readErrorText(answer.response);
  return { answer: { ...answer, document }, told: regionIn(document) };
}

function isRedirect({ response: { statusCode } }: Answer): boolean {
  return statusCode === 301 || statusCode === 307;
}

/** "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'". */
function regionIn(document: string): Told {
  try {
    const error = readDocument(document, 'Error');
    if (error.text('Code')?.trim() !== 'AuthorizationHeaderMalformed') return 'here';
    const region = error.text('Region')?.trim();
    return isRegion(region) ? region : 'unclear';
  } catch {
    return 'here';
  }
}
