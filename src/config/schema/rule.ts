import { z } from 'zod';
import { choice, text } from './scalars.ts';

const RingEntrySchema = z.union([
  z.string(),
  z.strictObject({
    key: z.string().describe('Id of the key.'),
    derive: choice(
      ['object'],
      'object: each object has a key of its own, derived from this one (docs/reference/derived-keys.md).',
    ).optional(),
    context: text(
      'With derive: what the key is derived for beside the object key, instead of the bucket; the same where one bucket has several names, or replicas.',
    )
      .max(255, { error: 'must have at most 255 characters' })
      .optional(),
  }),
]);

export const RuleSchema = z.strictObject({
  match: z
    .strictObject({
      bucket: text('Bucket name, or a glob of * and ?.'),
      prefix: z.string().default('').describe('Prefix of the object keys.'),
    })
    .describe('Which objects the rule is for. An exact bucket beats a glob, then the longest prefix wins.'),
  encrypt: z
    .union([z.literal('off'), z.array(RingEntrySchema).min(1, { error: 'must have at least one key id' })], {
      error: (issue) =>
        issue.input === false
          ? 'must be written off, not false'
          : 'must be a list of key ids, as in [backups-2026], or of { key, derive: object, context }, or off',
    })
    .describe(
      'The ring of SSE-C keys, by their ids: the first encrypts, all of them are tried to read. off leaves objects plain.',
    ),
  plainReads: choice(
    ['deny', 'allow'],
    'May objects be read that lie at the store in plain though the rule encrypts? allow while they are brought under it.',
  ).default('deny'),
  clientHeaders: choice(
    ['reject', 'pass'],
    'What happens to a request that brings SSE-C headers of its own.',
  ).default('reject'),
  foreignUploads: choice(
    ['deny', 'allow'],
    'Whether multipart uploads that did not begin through this rule may go on: with allow they get parts, under the ' +
      'key that writes now, and end. They can be listed and aborted anyhow.',
  ).default('deny'),
  upstream: z
    .string()
    .optional()
    .describe(
      'Which of upstreams the buckets are on; without it, on the default one. A bucket is on one alone.',
    ),
  declassify: z
    .boolean()
    .default(false)
    .describe('With encrypt: off, allows copies from objects that another rule encrypts: they become plain.'),
});
