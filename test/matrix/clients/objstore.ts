import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { objstoreSettings } from '../guide.ts';
import { ProgramFailure, run, runLines } from '../program.ts';
import { BUCKETS } from '../proxy.ts';
import { deedsOf } from '../tool.ts';

const ACCEPTANCE = 'acceptance.test';

export const objstore: readonly Client[] = [
  {
    id: 'objstore',
    title: "Thanos' objstore",
    quick: false,
    from: {
      kind: 'go-program',
      module: 'github.com/thanos-io/objstore',
      source: join(import.meta.dirname, 'objstore'),
      command: 'objstore',
      builds: { objstore: ['build'], [ACCEPTANCE]: ['test', '-c'] },
    },
    deeds,
  },
];

/** A bucket of Thanos; what it asks of every object store, its own acceptance test, is the check. */
async function deeds(target: Target): Promise<Deeds> {
  // Its parts are 64 MB, where it is not told.
  const inParts = await configure(target, 'parts.yaml', { part_size: 8_388_608 });
  const objstore = async (...args: readonly string[]): Promise<void> =>
    void (await run(target.program, args, { env: inParts }));
  const ask = (...args: readonly string[]): Promise<string[]> =>
    runLines(target.program, args, { env: inParts });
  const tool = deedsOf({
    put: (file, to) => objstore('put', file, to.objectKey),
    putStream: async (file, to) =>
      void (await run(target.program, ['stream', to.objectKey], { env: inParts, input: file })),
    get: (from, file) => objstore('get', from.objectKey, file),
    range: (from, first, last, file) =>
      objstore('range', from.objectKey, String(first), String(last - first + 1), file),
    size: async (of) => Number((await ask('size', of.objectKey))[0]),
    list: (_bucket, prefix) => ask('list', prefix),
    remove: (at) => objstore('remove', at.objectKey),
  });
  return { ...tool, check: (bench) => acceptance(target, bench) };
}

/** The guide's file, which Thanos' `--objstore.config-file` would name, as an environment. */
async function configure(
  target: Target,
  name: string,
  more: Readonly<Record<string, unknown>> = {},
  prefix = '',
): Promise<Record<string, string>> {
  const file = join(target.folder, name);
  const place = { bucket: BUCKETS.sealed, objectKey: prefix };
  const settings = objstoreSettings(target, place, { max_retries: 1, ...more });
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  return {
    HOME: target.folder,
    OBJSTORE_CONFIG: file,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
  };
}

/** What the test leaves of the seven objects that it puts; one of 200 MiB it deletes, too. */
const LEFT = 5;

async function acceptance(target: Target, bench: Bench): Promise<void> {
  const { bucket, objectKey: prefix } = bench.place('acceptance');
  const env = await configure(target, 'acceptance.yaml', {}, prefix);
  const program = join(dirname(target.program), ACCEPTANCE);
  try {
    const lines = await runLines(program, ['-test.run', '^TestAcceptance$', '-test.v'], { env });
    if (!lines.some((line) => line.startsWith('--- PASS: TestAcceptance'))) throw new Error('it ran no test');
  } catch (error) {
    // Of a Go test the last line is but FAIL.
    if (error instanceof ProgramFailure) throw new Error(error.output, { cause: error });
    throw error;
  }
  const left = await bench.direct.sealedBelow(bucket, `${prefix}/`);
  if (left !== LEFT) throw new Error(`${left} objects are left of ${LEFT}`);
}
