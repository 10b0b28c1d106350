import { check, equal, outcome } from '../signed/checks.ts';
import { CONTENT, type Meanings, MINE } from './meanings.ts';

const ARN = encodeURIComponent('arn:minio:s3-object-lambda::hostile:webhook');

/** MinIO hands an object to the webhook of that name, with a link that is signed by the store's credentials. */
export async function lambdas({ made, direct, refused }: Meanings): Promise<void> {
  const path = `/open/${MINE}handed`;
  await check('looks for the webhook that is to have an object', async () => {
    await made({ method: 'PUT', path, body: Buffer.from(CONTENT) });
    // There is none of that name: what is seen is that MinIO looks for it in place of answering with the object.
    equal(
      outcome(await direct({ method: 'GET', path: `${path}?lambdaArn=${ARN}` })),
      '404 LambdaARNNotFound',
    );
  });
  await check('no object is handed to a webhook', async () => {
    const refusals = { administrator: '501 NotImplemented', limited: '501 NotImplemented' };
    for (const name of ['lambdaArn', 'lambdaarn', 'LAMBDAARN'])
      await refused({ method: 'GET', path: `${path}?${name}=${ARN}` }, refusals);
  });
}
