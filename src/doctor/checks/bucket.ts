import { failureOf } from '../../store-client/answer.ts';
import { wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { awsCommand, policyStatement } from '../commands.ts';
import type { Finding } from '../finding.ts';

/** Does the bucket exist, and in this region? */
export const bucketThere: Check<Bench> = {
  name: 'bucket',
  needs: 'nothing',
  run: async ({ client, upstream, bucket }) => {
    const response = await client.send({ method: 'HEAD', bucket });
    const status = response.statusCode ?? 0;
    const said = response.headers['x-amz-bucket-region'];
    const region = typeof said === 'string' && /^[a-z0-9-]+$/.test(said) ? said : undefined;
    if (region !== undefined && region !== upstream.region) return [elsewhere(upstream.name, region)];
    if (status === 200) {
      response.resume();
      return [{ grade: 'fine', found: 'the bucket exists' }];
    }
    const failure = await failureOf(response);
    if (status === 404)
      return [
        {
          grade: 'stop',
          found: `the bucket ${bucket} does not exist`,
          fix: awsCommand(upstream, 's3api', 'create-bucket', '--bucket', bucket),
        },
      ];
    return [
      {
        grade: 'warning',
        found: `the bucket cannot be checked: ${wordsOf(failure)}`,
        meaning: 'the permission s3:ListBucket may be missing',
        fix: `allow ${upstream.name}.credentials: ${policyStatement(bucket)}`,
      },
    ];
  },
};

function elsewhere(name: string, region: string): Finding {
  return {
    grade: 'stop',
    found: `the bucket is in the region ${region}`,
    fix: `${name}.region: ${region}, and ${name}.endpoint of that region`,
  };
}
