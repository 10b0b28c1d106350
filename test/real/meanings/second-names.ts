import { BUCKETS } from '../../matrix/proxy.ts';
import { check, equal } from '../signed/checks.ts';
import { CONTENT, type Meanings, MINE } from './meanings.ts';

const REFUSALS = { administrator: '400 InvalidArgument', limited: '400 InvalidArgument' };
const FOLDER = `${MINE}folder`;

/** MinIO stores the object `a/` as `a__XLDIR__`, and knows it by that name too. */
export async function secondNames({ made, direct, refused }: Meanings): Promise<void> {
  for (const bucket of Object.values(BUCKETS)) {
    const [path, second] = [`/${bucket}/${FOLDER}/`, `/${bucket}/${FOLDER}__XLDIR__`];
    const copy = `/${bucket}/${MINE}copied`;
    await check(`an object has a second name in ${bucket}`, async () => {
      await made({ method: 'PUT', path, body: Buffer.from(CONTENT) });
      equal((await made({ method: 'GET', path: second })).body, CONTENT);
    });
    await check(`no object is reached by its second name in ${bucket}`, async () => {
      await refused({ method: 'GET', path: second }, REFUSALS);
      await refused({ method: 'PUT', path: second, body: Buffer.from('overwritten') }, REFUSALS);
      await refused({ method: 'DELETE', path: second }, REFUSALS);
      await refused({ method: 'PUT', path: copy, headers: { 'x-amz-copy-source': second } }, REFUSALS);
      equal((await made({ method: 'GET', path })).body, CONTENT);
      equal((await direct({ method: 'GET', path: copy })).status, 404);
    });
  }
}
