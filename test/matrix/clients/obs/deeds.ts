import { readFile, writeFile } from 'node:fs/promises';
import type { Bench, FormField, Place } from '../../bench.ts';
import type { ActionId } from '../../cell.ts';
import type { Deeds, Done } from '../../client.ts';
import { deedsOf, type Tool } from '../../tool.ts';

/** An SDK of OBS: what every client can do, and what only OBS has. */
export interface ObsTool extends Tool {
  /** An upload of a file and a copy, whose parts it lists before it completes. */
  readonly parts?: (file: string, to: Place, from: Place) => Promise<void>;
  /** Where the next append begins. */
  readonly append?: (file: string, to: Place, position: number) => Promise<number>;
  /** Replaces the metadata of an object, and reads it back. */
  readonly metadata?: (of: Place, value: string) => Promise<string>;
  /** Reads the ACL, sets it as it is, and reads it again: the permissions. */
  readonly acl?: (of: Place) => Promise<readonly string[]>;
  /** Sets a default encryption by KMS, reads its algorithm, and removes it. */
  readonly encryption?: (bucket: string) => Promise<string>;
  /** Object keys and version ids, in turns. */
  readonly versions?: (bucket: string, prefix: string) => Promise<readonly string[]>;
  readonly getVersion?: (from: Place, version: string, file: string) => Promise<void>;
  /** Where a form for this object goes, and its fields without the file. */
  readonly form?: (to: Place) => Promise<{ readonly url: string; readonly fields: readonly FormField[] }>;
  /** Of parallel file systems. Each is a request that is to be refused. */
  readonly files?: readonly ((of: Place, file: string) => Promise<void>)[];
  /** Another client, of S3. */
  readonly reader?: Required<Pick<Tool, 'get' | 'list'>>;
}

interface Deed {
  readonly needs: keyof ObsTool;
  readonly run: (tool: Required<ObsTool>, bench: Bench) => Promise<Done>;
}

const DEEDS: Readonly<Partial<Record<ActionId, Deed>>> = {
  awkward: { needs: 'get', run: putAndGetAwkward },
  parts: { needs: 'parts', run: copyAPart },
  append: { needs: 'append', run: (tool, bench) => ofObs(bench, () => appendTwice(tool, bench)) },
  metadata: { needs: 'metadata', run: (tool, bench) => ofObs(bench, () => setMetadata(tool, bench)) },
  acl: { needs: 'acl', run: (tool, bench) => ofObs(bench, () => setAcl(tool, bench)) },
  encryption: { needs: 'encryption', run: setDefault },
  versions: { needs: 'versions', run: readVersion },
  form: { needs: 'form', run: sendForm },
  files: { needs: 'files', run: changeFiles },
  boto3: { needs: 'reader', run: readByAnother },
};

/** The actions for which the SDK has a call. */
export function obsDeedsOf(tool: ObsTool): Deeds {
  const able = Object.entries(DEEDS).filter(([, { needs }]) => tool[needs] !== undefined);
  return {
    ...deedsOf(tool),
    ...Object.fromEntries(
      able.map(([id, { run }]) => [id, (bench: Bench) => run(tool as Required<ObsTool>, bench)]),
    ),
  };
}

/** What the store may lack when it isn't OBS; the client has to be told so. */
async function ofObs({ dialect }: Bench, run: () => Promise<void>): Promise<Done> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (dialect === 's3' && /NotImplemented/.test((error as Error).message)) return 'absent';
    throw error;
  }
}

const AWKWARD = [
  'with space',
  'plus+and=equals',
  'percent%20sign',
  'ümläut-日本',
  "quote'(brackets)!*~",
  'amp&er;sand,at@colon:dollar$',
  'question?hash#',
];

async function putAndGetAwkward(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const body = await readFile(bench.small);
  for (const name of AWKWARD) {
    const [place, got] = [bench.place(`awkward/${name}`), bench.file('awkward')];
    await tool.put(bench.small, place);
    await bench.direct.sealed(place, body);
    await tool.get(place, got);
    bench.same(await readFile(got), body);
    const copied = bench.place(`awkward-copies/${name}`);
    await tool.copy(place, copied);
    await bench.direct.sealed(copied, body);
  }
}

/** A part of unknown length is held in memory before a store that wants to know it: up to 16 MiB. */
const PART = 8 << 20;

async function copyAPart(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const [place, part] = [bench.place('parts'), bench.file('part')];
  const body = (await readFile(bench.large)).subarray(0, PART);
  await writeFile(part, body);
  await tool.parts(part, place, bench.seeds.small);
  await bench.direct.sealed(place, Buffer.concat([body, await readFile(bench.small)]));
}

async function appendTwice(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const place = bench.place('appended');
  const body = await readFile(bench.small);
  const first = await tool.append(bench.small, place, 0);
  if (first !== body.length)
    throw new Error(`the next append begins at ${first}, after ${body.length} bytes`);
  const second = await tool.append(bench.small, place, first);
  if (second !== 2 * body.length) throw new Error(`the next append begins at ${second}`);
  await bench.direct.sealed(place, Buffer.concat([body, body]));
  await refused('an append at a wrong position', () => tool.append(bench.small, place, first), /409/);
  await bench.direct.sealed(place, Buffer.concat([body, body]));
  const got = bench.file('appended');
  await tool.get(place, got);
  bench.same(await readFile(got), Buffer.concat([body, body]));
}

async function setMetadata(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const place = bench.place('with-metadata');
  await bench.seed(place, bench.small);
  const said = await tool.metadata(place, 'changed');
  if (said !== 'changed') throw new Error(`the metadata is ${said}`);
  await bench.direct.sealed(place, await readFile(bench.small));
}

async function setAcl(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const place = bench.place('with-acl');
  await bench.seed(place, bench.small);
  const said = await tool.acl(place);
  if (!said.includes('FULL_CONTROL')) throw new Error(`the ACL grants ${said.join(', ')}`);
}

async function setDefault(tool: Required<ObsTool>, bench: Bench): Promise<Done> {
  const { bucket } = bench.seeds.small;
  return await ofObs(bench, async () => {
    const said = await tool.encryption(bucket);
    if (!/^(?:aws:)?kms$/i.test(said)) throw new Error(`the default encryption is ${said}`);
  });
}

async function readVersion(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const { bucket, objectKey } = bench.seeds.small;
  const [listed, version = ''] = await tool.versions(bucket, objectKey);
  if (listed !== objectKey) throw new Error(`the versions are of ${listed}`);
  const got = bench.file('version');
  await tool.getVersion(bench.seeds.small, version, got);
  bench.same(await readFile(got), await readFile(bench.small));
}

async function sendForm(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const place = bench.place('by a form');
  const { url, fields } = await tool.form(place);
  await bench.submit(url, fields, bench.small);
  await bench.direct.sealed(place, await readFile(bench.small));
}

/** A file system has no encryption, and S3 has no such requests: nothing may have changed. */
async function changeFiles(tool: Required<ObsTool>, bench: Bench): Promise<void> {
  const place = bench.place('unchanged');
  await bench.seed(place, bench.small);
  for (const change of tool.files)
    await refused('a change of a file', () => change(place, bench.small), /NotImplemented|501/);
  await bench.direct.sealed(place, await readFile(bench.small));
}

/** What the SDK stored, through the proxy, by a client that knows nothing of OBS. */
async function readByAnother({ reader }: Required<ObsTool>, bench: Bench): Promise<void> {
  const { bucket, objectKey: prefix } = bench.place('');
  const listed = await reader.list(bucket, prefix);
  const stored = await bench.direct.list(bucket, prefix);
  if (listed.toSorted().join('\n') !== stored.toSorted().join('\n'))
    throw new Error(`it lists ${listed.length} objects, and there are ${stored.length}`);
  const [small, large] = [await readFile(bench.small), await readFile(bench.large)];
  const bodies: Readonly<Record<string, Buffer>> = {
    put: small,
    large,
    copied: small,
    parts: Buffer.concat([large.subarray(0, PART), small]),
    appended: Buffer.concat([small, small]),
    [`awkward/${AWKWARD.at(-1)}`]: small,
  };
  const there = Object.entries(bodies).filter(([name]) => stored.includes(`${prefix}${name}`));
  if (there.length === 0) throw new Error('the SDK has stored nothing');
  for (const [name, body] of there) {
    const got = bench.file('read-by-another');
    await reader.get(bench.place(name), got);
    bench.same(await readFile(got), body);
  }
}

async function refused(what: string, run: () => Promise<unknown>, how: RegExp): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (how.test((error as Error).message)) return;
    throw error;
  }
  throw new Error(`${what} should be refused`);
}
