import { StoreFailure } from '../store-client/answer.ts';
import { listAll } from '../store-client/list.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import { ask, isFailure, wordsOf } from './ask.ts';
import type { Bench } from './bench.ts';
import { awsCommand } from './commands.ts';
import type { Checked } from './finding.ts';

/** Removes every probe, all its versions and its unfinished uploads. */
export async function cleanUp(bench: Bench): Promise<readonly Checked[]> {
  const { bucket, folder, upstream, made, uploads } = bench;
  if (made.size === 0) return [];
  const check = 'clean-up';
  try {
    for (const [uploadId, objectKey] of uploads) {
      await remove(bench, objectKey, { uploadId });
    }
    const left = await removeObjects(bench);
    if (left === undefined) return [{ check, grade: 'fine', found: 'the probes were removed' }];
    const command = awsCommand(upstream, 's3', 'rm', '--recursive', `s3://${bucket}/${folder}`);
    return [{ check, grade: 'warning', found: `probes may be left under ${folder}: ${left}`, fix: command }];
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const command = awsCommand(upstream, 's3', 'rm', '--recursive', `s3://${bucket}/${folder}`);
    return [
      { check, grade: 'warning', found: `probes are left under ${folder}: ${error.message}`, fix: command },
    ];
  }
}

/** Resolves to the reason why some are left; undefined when all are gone. */
async function removeObjects(bench: Bench): Promise<string | undefined> {
  const { client, bucket, folder, made } = bench;
  let trouble: string | undefined;
  const gone = async (objectKey: string, query: Record<string, string>): Promise<void> => {
    trouble = (await remove(bench, objectKey, query)) ?? trouble;
  };
  const inFront = [...made].some((objectKey) => objectKey.startsWith(`/${folder}`));
  try {
    for (const prefix of inFront ? [folder, `/${folder}`] : [folder]) {
      const { entries } = await listAll(client, { bucket, prefix });
      for await (const { objectKey, id } of entries)
        await gone(objectKey, id === undefined || id === 'null' ? {} : { versionId: id });
    }
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    for (const objectKey of made) await gone(objectKey, {});
    trouble ??= `the store does not list versions: ${wordsOf(error)}`;
  }
  return trouble;
}

async function remove(
  bench: Bench,
  objectKey: string,
  query: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const answer = await ask(bench, { method: 'DELETE', bucket: bench.bucket, objectKey, query });
  return isFailure(answer) && answer.status !== 404 ? wordsOf(answer) : undefined;
}
