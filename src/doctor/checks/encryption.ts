import { readDocument } from '../../s3/document.ts';
import { ask, isFailure, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { unblock } from '../commands.ts';
import type { Finding } from '../finding.ts';

/**
 * Does the bucket block SSE-C?
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
 */
export const encryption: Check<Bench> = {
  name: 'encryption',
  needs: 'nothing',
  run: async (bench) => {
    const { bucket, upstream } = bench;
    const answer = await ask(bench, { method: 'GET', bucket, query: { encryption: undefined } });
    if (isFailure(answer)) {
      if (answer.code === 'ServerSideEncryptionConfigurationNotFoundError')
        return [{ grade: 'fine', found: 'the bucket has no default encryption and blocks no encryption' }];
      return [notTold(wordsOf(answer), answer.code)];
    }
    const xml = answer.body.toString('utf8');
    // Ceph 16 ignores the query and lists the bucket.
    if (!/<ServerSideEncryptionConfiguration[\s/>]/.test(xml))
      return [{ grade: 'note', found: 'the store does not know GetBucketEncryption' }];
    const blocked = readInto(bench, xml);
    if (!blocked)
      return [{ grade: 'fine', found: 'the encryption settings of the bucket do not block SSE-C' }];
    return [
      {
        grade: 'stop',
        found: 'the bucket blocks SSE-C (BlockedEncryptionTypes)',
        meaning: 'every encrypted write gets 403; existing objects can be read',
        fix: unblock(upstream, bucket, bench.encryption),
      },
    ];
  },
};

function notTold(words: string, code: string): Finding {
  return {
    grade: 'note',
    found: `the store does not show the encryption settings of the bucket: ${words}`,
    ...(code === 'AccessDenied' ? { fix: 'allow s3:GetEncryptionConfiguration to see it' } : {}),
  };
}

/** Notes the default encryption, which a fix must not change. */
function readInto(bench: Bench, xml: string): boolean {
  const [rule] = readDocument(xml, 'ServerSideEncryptionConfiguration').all('Rule');
  const [byDefault] = rule?.all('ApplyServerSideEncryptionByDefault') ?? [];
  const algorithm = byDefault?.text('SSEAlgorithm')?.trim();
  const bucketKey = rule?.text('BucketKeyEnabled')?.trim();
  if (algorithm !== undefined)
    bench.encryption = {
      algorithm,
      kmsKeyId: byDefault?.text('KMSMasterKeyID')?.trim(),
      bucketKey: bucketKey === undefined ? undefined : bucketKey === 'true',
    };
  const types = rule?.all('BlockedEncryptionTypes').flatMap((blocked) => blocked.all('EncryptionType')) ?? [];
  return types.some(({ value }) => value.trim() === 'SSE-C');
}
