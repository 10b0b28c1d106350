import { check, equal, outcome } from '../signed/checks.ts';
import type { Meanings } from './meanings.ts';

const REFUSALS = { administrator: '400 InvalidBucketName', limited: '403 AccessDenied' };
/** Some names of these queries are refused before anybody is asked. */
const BY_QUERY = { administrator: '501 NotImplemented', limited: '501 NotImplemented' };
const ADMIN = '/minio/admin/v3';
const POLICY = Buffer.from(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}',
);
const READS = [`${ADMIN}/info`, `${ADMIN}/list-canned-policies`, '/minio/health/live', '/minio/health/ready'];

/** MinIO has its admin API and its state at paths of a bucket `minio`, for the credentials of the store. */
export async function interfaces(meanings: Meanings): Promise<void> {
  const { made, direct, refused } = meanings;
  for (const path of READS) {
    await check(`answers ${path}`, async () => void (await made({ method: 'GET', path })));
    await check(`does not answer ${path} through the proxy`, () =>
      refused({ method: 'GET', path }, REFUSALS),
    );
  }
  const added = `${ADMIN}/add-canned-policy?name=`;
  const shown = `${ADMIN}/info-canned-policy?name=`;
  await check('makes a policy of the store', async () => {
    await made({ method: 'PUT', path: `${added}direct`, body: POLICY });
    await made({ method: 'GET', path: `${shown}direct` });
  });
  await check('no policy of the store is made', async () => {
    for (const path of [`${added}hostile`, `${added.replace('/minio', '/%6Dinio')}hostile`])
      await refused({ method: 'PUT', path, body: POLICY }, BY_QUERY);
    equal((await direct({ method: 'GET', path: `${shown}hostile` })).status, 404);
  });
  await check('no interface is the source of a copy', async () => {
    const source = { 'x-amz-copy-source': `${ADMIN}/info` };
    await refused({ method: 'PUT', path: '/open/mine/copied', headers: source }, REFUSALS);
    equal(outcome(await direct({ method: 'GET', path: '/open/mine/copied' })), '404 NoSuchKey');
  });
}
