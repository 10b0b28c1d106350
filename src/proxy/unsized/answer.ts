import { marksEtag, markTag } from '../../etag/mark.ts';
import { holdsKey } from '../../ssec/leak.ts';
import { type Asked, askEnd, type Doing } from '../copy/ask.ts';
import type { Completed } from '../copy/own-upload.ts';
import { keepTags } from '../copy/target-tags.ts';
import { aboutTarget } from '../copy/written-headers.ts';
import { clientHeaders } from '../reply/head.ts';

/** What a PutObject says of the new object, and the end of an upload as well. */
const OF_THE_OBJECT = /^x-amz-(?:version-id|expiration|request-charged)$/i;
/** What parts say of their encryption: the proof was read there. */
const OF_THE_ENCRYPTION = /^x-amz-server-side-encryption/i;
const ETAG = /^etag$/i;

/** An ETag of S3's kind, however it is quoted. Another one is asked for. */
const TAG = /^"?([0-9A-Za-z-]{1,100})"?$/;

interface Written {
  readonly completed: Completed;
  /** The answer to the last part. */
  readonly part: Asked | undefined;
  readonly tagging: string | undefined;
}

/** The headers of the answer to a PutObject that was written in parts: name, value, name, value … */
export async function putAnswer(doing: Doing, { completed, part, tagging }: Written): Promise<string[]> {
  const etag = etagOf(completed);
  const whole = of(completed, OF_THE_OBJECT);
  // Some stores do not say it at the end of an upload, and some forget the tags.
  const head = etag === undefined || tagging !== undefined ? await headOf(doing, whole) : undefined;
  if (head) await keepTags(doing, tagging, head);
  const tag = etag === undefined && head ? of(head, ETAG) : ['ETag', etag ?? ''];
  return [...tag, ...whole, ...(part ? of(part, OF_THE_ENCRYPTION) : [])];
}

/** As the client gets it. */
function etagOf({ etag, plan }: Completed): string | undefined {
  const [, bare] = TAG.exec(etag) ?? [];
  if (bare === undefined || holdsKey(bare, plan.ssecKeys)) return undefined;
  return marksEtag(plan) ? markTag(`"${bare}"`) : `"${bare}"`;
}

async function headOf(doing: Doing, written: readonly string[]): Promise<Asked> {
  const at = written.findIndex((name) => name.toLowerCase() === 'x-amz-version-id');
  const versionId = at < 0 ? undefined : written[at + 1];
  const query = versionId === undefined || versionId === 'null' ? {} : { versionId };
  const headers = aboutTarget(doing.message.headers);
  const asked = await askEnd(doing, { end: 'target', name: 'HeadObject', query, headers });
  asked.answer.response.resume();
  return asked;
}

function of({ answer: { response }, plan }: Asked, names: RegExp): string[] {
  const flat = clientHeaders(response, 'replaced', plan);
  return flat.flatMap((name, i) => (i % 2 === 0 && names.test(name) ? [name, flat[i + 1] ?? ''] : []));
}
