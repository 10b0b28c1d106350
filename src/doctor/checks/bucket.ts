import { failureOf } from '../../store-client/answer.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { awsCommand, endpointOf } from '../commands.ts';
import type { Finding } from '../finding.ts';
import { permission } from '../permission.ts';

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
      if (response.headers['x-obs-fs-file-interface'] === 'Enabled') return [fileSystem(bucket)];
      return [{ grade: 'fine', found: 'the bucket exists' }];
    }
    const failure = await failureOf(response);
    if (status === 404) return [absent(bucket, upstream)];
    const denied = status === 403;
    return [
      {
        grade: denied || status < 500 ? 'warning' : 'stop',
        found: `the bucket cannot be checked: ${wordsOf(failure)}`,
        ...(denied
          ? {
              meaning: 'the permission to list it is missing, or the bucket belongs to somebody else',
              fix: permission(upstream, bucket),
            }
          : {
              fix: `look into the log of the store, and check that ${endpointOf(upstream)} is its S3 endpoint`,
            }),
      },
    ];
  },
};

/** https://support.huaweicloud.com/intl/en-us/fstg-obs/obs_13_0009.html */
function fileSystem(bucket: string): Finding {
  return {
    grade: 'stop',
    found: `${bucket} is a parallel file system of OBS`,
    meaning:
      'a parallel file system has no server-side encryption, so no object in it can be encrypted with SSE-C',
    fix: 'create the bucket as an object bucket, or encrypt: off for it',
  };
}

/** A bucket in the endpoint makes the store look for a bucket in the bucket, or for an object. */
function absent(bucket: string, upstream: Upstream): Finding {
  const { name, basePath, hostname } = upstream;
  const found = `the bucket ${bucket} does not exist at ${endpointOf(upstream)}`;
  if (basePath !== '')
    return {
      grade: 'stop',
      found,
      meaning: `requests go to the path ${basePath}/${bucket}: if ${basePath} is a bucket, the proxy adds it once more`,
      fix: `${name}.endpoint: the same without ${basePath}`,
    };
  if (hostname.startsWith(`${bucket}.`))
    return {
      grade: 'stop',
      found,
      meaning: 'the host begins with the name of the bucket, which the proxy adds itself',
      fix: `${name}.endpoint: the same without ${bucket}. before the host`,
    };
  return {
    grade: 'stop',
    found,
    meaning: 'or it exists elsewhere: check its name in the rule, and the endpoint',
    fix: awsCommand(upstream, 's3api', 'create-bucket', '--bucket', bucket),
  };
}

function elsewhere(name: string, region: string): Finding {
  return {
    grade: 'stop',
    found: `the bucket is in the region ${region}`,
    fix: `${name}.region: ${region}, and ${name}.endpoint of that region`,
  };
}
