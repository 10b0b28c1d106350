import { failureOf } from '../../store-client/answer.ts';
import { wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { awsCommand, policyStatement } from '../commands.ts';
import type { Finding } from '../finding.ts';

/** Is the bucket there, and in this region? */
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
      return [{ grade: 'fine', found: 'the bucket is there' }];
    }
    const failure = await failureOf(response);
    if (status === 404)
      return [
        {
          grade: 'stop',
          found: `there is no bucket ${bucket}`,
          mend: awsCommand(upstream, 's3api', 'create-bucket', '--bucket', bucket),
        },
      ];
    return [
      {
        grade: 'warning',
        found: `the bucket can not be looked at: ${wordsOf(failure)}`,
        meaning: 'the permission s3:ListBucket may be missing',
        mend: `allow ${upstream.name}.credentials: ${policyStatement(bucket)}`,
      },
    ];
  },
};

function elsewhere(name: string, region: string): Finding {
  return {
    grade: 'stop',
    found: `the bucket is in the region ${region}`,
    mend: `${name}.region: ${region}, and ${name}.endpoint to that region`,
  };
}
