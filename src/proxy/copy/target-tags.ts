import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { parseQuery } from '../../s3/query.ts';
import { escapeXml } from '../../s3/xml.ts';
import type { OwnQuery } from '../plan/own-plan.ts';
import { type Asked, askEnd, type Doing } from './ask.ts';
import { aboutTarget } from './written-headers.ts';

/**
 * Ceph RGW 16 forgets the tags that a multipart upload begins with. Unless a HEAD of the new object counts as many, they
 * are put there once more.
 * @param tagging as in the header
 */
export async function keepTags(doing: Doing, tagging: string | undefined, made: Asked): Promise<void> {
  const { provider } = doing.plan.upstream;
  if (tagging === undefined || !provider.subresourceWrites.includes('PutObjectTagging')) return;
  const { headers } = made.answer.response;
  const tags = parseQuery(tagging).parameters;
  if (headers['x-amz-tagging-count'] === String(tags.length)) return;
  const lines = tags.map(
    ({ name, value }) => `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  const xml = Buffer.from(`<Tagging><TagSet>${lines.join('')}</TagSet></Tagging>`);
  const versionId = headers['x-amz-version-id'];
  const query: OwnQuery = { tagging: undefined, ...(typeof versionId === 'string' ? { versionId } : {}) };
  const { answer } = await askEnd(doing, {
    end: 'target',
    name: 'PutObjectTagging',
    query,
    headers: aboutTarget(doing.message.headers).with({
      'content-type': 'application/xml',
      'content-md5': createHash('md5').update(xml).digest('base64'),
      'x-amz-content-sha256': createHash('sha256').update(xml).digest('hex'),
    }),
    body: { stream: Readable.from([xml], { objectMode: false }), length: xml.byteLength },
  });
  answer.response.resume();
}
