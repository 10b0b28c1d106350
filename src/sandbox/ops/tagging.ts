import { readDocument } from '../../s3/document.ts';
import { receiveDocument } from '../body.ts';
import { type Answer, bucketName, type Call, objectKeyOf } from '../call.ts';
import type { Bucket } from '../store/buckets.ts';
import { updateVersion } from '../store/commit.ts';
import type { ObjectVersion, Tag } from '../store/model.ts';
import { tagsFromDocument } from '../tags.ts';
import { documentOf, type Element } from '../xml.ts';
import { findObject } from './find.ts';
import { versionHeader } from './write.ts';

export function getObjectTagging(call: Call): Answer {
  const { version } = requested(call);
  const tags: Element[] = version.tags.map(({ name, value }) => [
    'Tag',
    [
      ['Key', name],
      ['Value', value],
    ],
  ]);
  return { headers: versionHeader(version), body: documentOf('Tagging', [['TagSet', tags]]) };
}

export async function putObjectTagging(call: Call): Promise<Answer> {
  requested(call);
  const tags = tagsFromDocument(readDocument(await receiveDocument(call), 'Tagging'));
  return { headers: await setTags(call, tags) };
}

export async function deleteObjectTagging(call: Call): Promise<Answer> {
  return { status: 204, headers: await setTags(call, []) };
}

async function setTags(call: Call, tags: readonly Tag[]): Promise<Record<string, string>> {
  const { bucket, version } = requested(call);
  await updateVersion(call.data, bucket, { ...version, tags });
  return versionHeader(version);
}

function requested(call: Call): { bucket: Bucket; version: ObjectVersion } {
  const bucket = call.buckets.get(bucketName(call));
  return { bucket, version: findObject(bucket, objectKeyOf(call), call.target.query.get('versionId')) };
}
