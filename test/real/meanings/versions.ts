import { BUCKETS } from '../../matrix/proxy.ts';
import { check, equal } from '../signed/checks.ts';
import { CONTENT, type Meanings, MINE } from './meanings.ts';

const NOT_IMPLEMENTED = '501 NotImplemented';
const OVERWRITTEN = Buffer.from('overwritten');

/** MinIO lets a PUT choose the version that it overwrites; S3 has no such option. */
export async function versions(meanings: Meanings): Promise<void> {
  const { made, refused } = meanings;
  for (const bucket of Object.values(BUCKETS)) {
    const path = `/${bucket}/${MINE}versioned`;
    await made({
      method: 'PUT',
      path: `/${bucket}?versioning`,
      body: Buffer.from('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'),
    });
    await check(`a PUT overwrites a version in ${bucket}`, async () => {
      const version = await write(meanings, path);
      await write(meanings, path);
      await made({ method: 'PUT', path: `${path}?versionId=${version}`, body: OVERWRITTEN });
      equal((await made({ method: 'GET', path: `${path}?versionId=${version}` })).body, String(OVERWRITTEN));
    });
    await check(`no version is overwritten in ${bucket}`, async () => {
      const version = await write(meanings, path);
      for (const query of [`versionId=${version}`, `VersionId=${version}`, 'versionId=null', 'versionId']) {
        const refusals = { administrator: NOT_IMPLEMENTED, limited: NOT_IMPLEMENTED };
        await refused({ method: 'PUT', path: `${path}?${query}`, body: OVERWRITTEN }, refusals);
      }
      equal((await made({ method: 'GET', path: `${path}?versionId=${version}` })).body, CONTENT);
    });
  }
}

async function write({ made }: Meanings, path: string): Promise<string> {
  const { headers } = await made({ method: 'PUT', path, body: Buffer.from(CONTENT) });
  const version = headers['x-amz-version-id'];
  if (typeof version !== 'string') throw new Error('the store tells of no version');
  return version;
}
