import { createHash } from 'node:crypto';
import { BUCKETS } from '../../matrix/proxy.ts';
import { check, equal, outcome } from '../signed/checks.ts';
import type { Sent } from '../signed/send.ts';
import { CONTENT, type Meanings, MINE } from './meanings.ts';

const REFUSALS = { administrator: '400 InvalidArgument', limited: '400 InvalidArgument' };
const FOLDER = `${MINE}folder`;

/** MinIO stores the object `a/` as `a__XLDIR__`, and knows it by that name too. */
export async function secondNames(meanings: Meanings): Promise<void> {
  const { made, direct, refused, administrator, limited, held } = meanings;
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
    const many = deleteObjects(bucket, `${FOLDER}__XLDIR__`);
    await check(`a list of deletes with a second name deletes nothing in ${bucket}`, async () => {
      const before = await held([bucket]);
      for (const send of [administrator, limited]) {
        equal(outcome(await send(many)), REFUSALS.administrator);
        if ((await held([bucket])) !== before) throw new Error('a change at the store');
      }
    });
    await check(`a list of deletes deletes by a second name in ${bucket}`, async () => {
      await made(many);
      equal((await direct({ method: 'GET', path })).status, 404);
    });
  }
}

function deleteObjects(bucket: string, objectKey: string): Sent {
  const body = Buffer.from(`<Delete><Object><Key>${objectKey}</Key></Object></Delete>`);
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  return { method: 'POST', path: `/${bucket}?delete`, headers, body };
}
