import { S3 } from '../../dialects/dialect.ts';
import { readLateDocument } from '../../response/late-document.ts';
import { readDocument, rootOf } from '../../s3/document.ts';
import { escapeXml, s3Element } from '../../s3/xml.ts';
import { hasRegions, isRegion } from '../../upstream/regions.ts';
import type { Plan } from '../plan/plan.ts';
import { clientHeaders } from './head.ts';
import { relayBody } from './relay-body.ts';
import type { Reply } from './reply.ts';
import { sendDocument } from './send.ts';

/**
 * Clients ask where a bucket is so as to sign for that region and to go there: it is where the proxy is. Where a store's
 * buckets are in several regions and clients may sign for any, they get to know the bucket's own.
 */
export async function sendLocation(reply: Reply): Promise<void> {
  const { exchange, answer, plan } = reply;
  const { response } = answer;
  // Else the bucket was only asked whether it is there.
  const limit = plan.upstream.timeouts.document;
  const document = hasRegions(plan.upstream) ? await readLateDocument(response, { limit }) : '';
  const region = regionShown(reply, regionIn(document, plan));
  const element =
    exchange.dialect === S3
      ? s3Element('LocationConstraint', region === 'us-east-1' ? '' : escapeXml(region))
      : `<Location>${escapeXml(region)}</Location>`;
  await sendDocument(exchange, 200, element, clientHeaders(response, 'replaced', plan));
}

/** The answer to HeadBucket, whose region clients read from a header. */
export function sendBucketHead(reply: Reply): Promise<void> | undefined {
  const said = reply.answer.response.headers[BUCKET_REGION];
  const own = isRegion(said, reply.plan.upstream) ? said : undefined;
  return relayBody(reply, [BUCKET_REGION, regionShown(reply, own)]);
}

/** The answer to CreateBucket: where it is, seen from the client. */
export function sendCreated(reply: Reply): Promise<void> | undefined {
  const { asked } = reply.plan;
  return relayBody(reply, asked.shape === 'bucket' ? ['location', `/${asked.bucket}`] : []);
}

const BUCKET_REGION = 'x-amz-bucket-region';

/** @param own the region that the store says the bucket is in */
function regionShown({ plan: { upstream }, serving }: Reply, own: string | undefined): string {
  const several = hasRegions(upstream) && serving.snapshot.region === 'any';
  return (several ? own : undefined) ?? upstream.region;
}

/**
 * Of a GetBucketLocation. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html; OBS has the region
 * in an element `Location`.
 */
function regionIn(document: string, { upstream }: Pick<Plan, 'upstream'>): string | undefined {
  try {
    const root = rootOf(document) === 'Location' ? 'Location' : 'LocationConstraint';
    const said = readDocument(document, root).value.trim();
    const region = root === 'Location' ? said : (OLD_NAMES[said] ?? said);
    return isRegion(region, upstream) ? region : undefined;
  } catch {
    return undefined;
  }
}

/** "Buckets in Region us-east-1 have a LocationConstraint of null", and EU was the first one elsewhere. */
const OLD_NAMES: Readonly<Record<string, string>> = { '': 'us-east-1', EU: 'eu-west-1' };
