import { readErrorText } from '../../response/store-error.ts';
import { readDocument } from '../../s3/document.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { Answer } from '../../upstream/answer.ts';
import { inRegion, isRegion, regionOfUrl } from '../../upstream/regions.ts';
import { fieldOf } from '../../upstream/response.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { ownPlan } from '../plan/own-plan.ts';
import { ownSending } from './own-sending.ts';
import { noteRetry } from './retried.ts';
import type { Sending, Stores } from './sending.ts';

/** Sends it to an upstream, be it that of the plan or the same in another region. */
type Send = (sending: Sending, upstream: Upstream) => Promise<Answer>;

type Regions = Pick<Stores, 'regions'>;

/** Operations that say nothing of where a bucket is when they succeed: any region answers them. */
const ANYWHERE: ReadonlySet<OperationName> = new Set<OperationName>(['CreateBucket', 'GetBucketLocation']);

/**
 * Sends a request to the region of its bucket, at a store that has several. Where the store says that this is another one than was tried, it goes
 * there, once; clients never hear of it. A body can't be sent twice, so before the first one the bucket is asked for.
 */
export async function sendToRegion(sending: Sending, { regions }: Regions, send: Send): Promise<Answer> {
  const { target, operation, upstream } = sending.plan;
  if (target.shape === 'service' || operation.name === 'CreateBucket') {
    return await send(sending, upstream);
  }
  const { bucket } = target;
  const bodyless = sending.message.body === 'none';
  if (!bodyless && regions.recall(upstream, bucket) === undefined)
    await askBucket(bucket, sending, { regions }, send);
  const tried = regions.recall(upstream, bucket);
  const here = tried ?? upstream.region;
  const { answer, told } = await regionTold(await send(sending, inRegion(upstream, here)), sending);
  if (told === 'here') {
    if (!ANYWHERE.has(operation.name)) noteRegion(answer, () => regions.remember(upstream, bucket, here));
    return answer;
  }
  if (told === 'unclear' && (tried !== undefined || operation.name === 'HeadBucket')) {
    if (isRedirect(answer)) regions.forget(upstream, bucket);
    return answer;
  }
  if (told === 'unclear') await askBucket(bucket, sending, { regions }, send);
  else regions.remember(upstream, bucket, told);
  const there = regions.recall(upstream, bucket) ?? here;
  if (there === here || !bodyless) return answer;
  answer.response.resume();
  noteRetry(sending.asker.log, 'region');
  return await send(sending, inRegion(upstream, there));
}

/** A bucket that is not there may be made anywhere. */
function noteRegion({ response: { statusCode = 0 } }: Answer, remember: () => void): void {
  if (statusCode < 500 && statusCode !== 404) remember();
}

/** A HEAD of the bucket, whose answer has the region whatever its status: what it tells is in the regions then. */
async function askBucket(
  bucket: string,
  { plan, asker }: Sending,
  { regions }: Regions,
  send: Send,
): Promise<void> {
  const { upstream, credentials } = plan;
  const head = ownPlan({
    name: 'HeadBucket',
    about: { shape: 'bucket', bucket },
    upstream,
    credentials,
  });
  const asking = ownSending(head, {}, asker);
  const { answer, told } = await regionTold(await send(asking, upstream), asking);
  answer.response.resume();
  if (told === 'here') noteRegion(answer, () => regions.remember(upstream, bucket, upstream.region));
  else if (told !== 'unclear') regions.remember(upstream, bucket, told);
}

/** `here`: where it was sent. `unclear`: perhaps elsewhere, and the answer does not say where. */
type Told = 'here' | 'unclear' | (string & {});

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html; a document that is read stays with its answer. OBS
 * redirects with a Location alone: of that only the region counts, in a host of exactly the form that its row has.
 */
async function regionTold(
  answer: Answer,
  { message: { method }, plan }: Sending,
): Promise<{ readonly answer: Answer; readonly told: Told }> {
  const { upstream, target } = plan;
  const { statusCode = 0, headers } = answer.response;
  const redirects = isRedirect(answer);
  if (!redirects && statusCode !== 400 && statusCode !== 403) return { answer, told: 'here' };
  const said = headers['x-amz-bucket-region'];
  if (said !== undefined) return { answer, told: isRegion(said, upstream) ? said : 'here' };
  if (redirects && target.shape !== 'service')
    return { answer, told: regionOfUrl(headers.location, target.bucket, upstream) ?? 'unclear' };
  if (redirects) return { answer, told: 'unclear' };
  if (method === 'HEAD' && statusCode === 400) {
    const code = fieldOf(answer.response, 'x-amz-error-code') ?? MALFORMED;
    return { answer, told: code === MALFORMED ? 'unclear' : 'here' };
  }
  if (statusCode === 403) return { answer, told: 'here' };
  const document = await readErrorText(answer.response, upstream.timeouts.document);
  return { answer: { ...answer, document }, told: regionIn(document.text, upstream) };
}

/** The code of AWS for a signature that names another region. */
const MALFORMED = 'AuthorizationHeaderMalformed';

function isRedirect({ response: { statusCode } }: Answer): boolean {
  return statusCode === 301 || statusCode === 307;
}

/** "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'". */
function regionIn(document: string, upstream: Upstream): Told {
  try {
    const error = readDocument(document, 'Error');
    if (error.text('Code')?.trim() !== MALFORMED) return 'here';
    const region = error.text('Region')?.trim();
    return isRegion(region, upstream) ? region : 'unclear';
  } catch {
    return 'here';
  }
}
