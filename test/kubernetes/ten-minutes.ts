import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, makeContext } from '../real/image/build.ts';
import { inside, prepare } from './prepare.ts';

/**
 * `npm run test:ten-minutes`: from the built image, the chart and an empty registry to the first encrypted object in front of
 * MinIO, by the commands of the chart's README, and the clock is looked at.
 */
const { bin, minio } = await prepare(['buildah:buildah']);
const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-ten-minutes-'));
try {
  const begin = Date.now();
  await makeContext(join(folder, 'context'), ['amd64'], '022');
  const image = await buildImage(
    { context: join(folder, 'context'), storage: join(folder, 'storage') },
    'amd64',
  );
  await image.layout(join(folder, 'layout'));
  console.log(
    `before the clock starts, the image is built, in ${((Date.now() - begin) / 1000).toFixed(1)} s`,
  );
  process.exitCode = await inside('inside-ten-minutes.ts', [bin, minio, folder]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
