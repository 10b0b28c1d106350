import type { DocumentElement } from '../s3/document.ts';
import { S3Error } from '../s3/errors.ts';
import { parseQuery } from '../s3/query.ts';
import { malformed } from '../s3/tags.ts';
import type { Tag } from './store/model.ts';

/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MAX_TAGS = 10;
const MAX_NAME = 128;
const MAX_VALUE = 256;

/** The tags of an `x-amz-tagging` header: `name=value&…`, form-encoded. */
export function tagsFromHeader(header: string | undefined): Tag[] {
  if (header === undefined) return [];
  try {
    return checked(parseQuery(header).parameters.map(({ name, value }) => ({ name, value })));
  } catch (cause) {
    if (cause instanceof S3Error && cause.code === 'InvalidTag') throw cause;
    throw new S3Error(
      'InvalidArgument',
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      { cause, fields: { ArgumentName: 'x-amz-tagging' } },
    );
  }
}

/** The tags of a `<Tagging>` document. */
export function tagsFromDocument(tagging: DocumentElement): Tag[] {
  const set = tagging.all('TagSet')[0];
  if (set === undefined) throw malformed();
  return checked(
    set.all('Tag').map((tag) => {
      const name = tag.text('Key');
      const value = tag.text('Value');
      if (name === undefined || value === undefined) throw malformed();
      return { name, value };
    }),
  );
}

function checked(tags: Tag[]): Tag[] {
  if (tags.length > MAX_TAGS) {
    throw new S3Error('BadRequest', 'Object tags cannot be greater than 10');
  }
  for (const { name, value } of tags) {
    if (name === '' || name.length > MAX_NAME) {
      throw new S3Error('InvalidTag', 'The TagKey you have provided is invalid', {
        fields: { TagKey: name },
      });
    }
    if (value.length > MAX_VALUE) {
      throw new S3Error('InvalidTag', 'The TagValue you have provided is invalid', {
        fields: { TagKey: name, TagValue: value },
      });
    }
  }
  if (new Set(tags.map(({ name }) => name)).size !== tags.length) {
    throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  return tags;
}
