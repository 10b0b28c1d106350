import * as z from '../zod.ts';
import { choice, text } from './scalars.ts';

const ringEntrySchema = () =>
  z.union([
    z.string(),
    z.strictObject({
      key: z.string().describe('Id of the key.'),
      derive: choice(
        ['object'],
        'object: each object gets its own key, derived from this one (docs/reference/derived-keys.md).',
      ).optional(),
      context: text(
        'With derive: the text that replaces the bucket name in the derivation; use the same for a bucket that has several names, or replicas.',
      )
        .max(255, { error: 'must have at most 255 characters' })
        .optional(),
    }),
  ]);

export const ruleSchema = () =>
  z.strictObject({
    match: z
      .strictObject({
        bucket: text('Bucket name, or a glob of * and ?.'),
        prefix: z.string().default('').describe('Prefix of the object keys.'),
      })
      .describe(
        'Which objects the rule matches. An exact bucket beats a glob, then the longest prefix wins.',
      ),
    encrypt: z
      .union(
        [z.literal('off'), z.array(ringEntrySchema()).min(1, { error: 'must have at least one key id' })],
        {
          error: (issue) =>
            issue.input === false
              ? 'must be written off, not false'
              : 'must be a list of key ids, as in [backups-2026], or of { key, derive: object, context }, or off',
        },
      )
      .describe(
        'The ring of SSE-C keys, by id: the first encrypts, reads try all of them. off leaves objects unencrypted.',
      ),
    plainReads: choice(
      ['deny', 'allow'],
      'Whether objects that lie at the store unencrypted may be read although the rule encrypts; allow them during a migration.',
    ).default('deny'),
    clientHeaders: choice(
      ['reject', 'pass'],
      'What happens to a request that has its own SSE-C headers.',
    ).default('reject'),
    foreignUploads: choice(
      ['deny', 'allow'],
      'Whether multipart uploads that were not started under this rule may continue: with allow they accept parts, under the ' +
        'key that writes now, and can be completed. Listing and aborting them is always allowed.',
    ).default('deny'),
    upstream: z
      .string()
      .optional()
      .describe(
        'Which of upstreams has the buckets; by default, the one in upstream. A bucket is on exactly one.',
      ),
    declassify: z
      .boolean()
      .default(false)
      .describe(
        'With encrypt: off, allows copies from objects that another rule encrypts: the copies are unencrypted.',
      ),
  });
