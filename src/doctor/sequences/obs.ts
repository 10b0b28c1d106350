import type { Sequence, Step } from './step.ts';

/** What only OBS has, and a store of S3 refuses. */
const OF_OBS = { needs: 'obs' } as const;
const LARGE = 'uploads/large';
const LOG = 'logs/appended';
const NOTE = 'notes/awkward +~(é)';

/** How an SDK sends a body, and what it says of it. */
interface Habit {
  readonly folder: string;
  /** Of a file, and of a part that the caller makes. */
  readonly file: Pick<Step, 'framing' | 'headers'>;
  /** Parts of an upload that the SDK divides. */
  readonly part: Pick<Step, 'framing'>;
}

/** Tells each length. */
const PYTHON: Habit = { folder: 'python/', file: {}, part: {} };
/** Sends every file in chunks, without its length. */
const NODE: Habit = {
  folder: 'nodejs/',
  file: { framing: 'endless', headers: { 'content-type': 'application/json' } },
  part: {},
};

function stepsOf({ folder, file, part }: Habit): readonly Step[] {
  const [large, log, note] = [LARGE, LOG, NOTE].map((name) => `${folder}${name}`) as [string, string, string];
  return [
    { op: 'List', on: folder },
    { op: 'Put', on: note, size: 20_000, ...file },
    { op: 'Put', on: `${folder}stream`, size: 20_000, ...file, framing: 'endless' },
    { op: 'Begin', on: large },
    { op: 'Part', on: large, part: 1, size: 5_242_880, ...part },
    { op: 'Part', on: large, part: 2, size: 100_000, ...part },
    { op: 'Complete', on: large },
    { op: 'Put', on: `${folder}checked`, size: 20_000, ...file, proof: 'md5' },
    { op: 'Get', on: note },
    { op: 'Get', on: large, headers: { range: 'bytes=5242800-5243000' } },
    { op: 'Head', on: large },
    { op: 'Copy', on: `${folder}copy`, from: large },
    { op: 'Begin', on: `${folder}parts` },
    { op: 'Part', on: `${folder}parts`, part: 1, size: 5_242_880, ...file },
    { op: 'PartCopy', on: `${folder}parts`, from: note, part: 2 },
    { op: 'ListParts', on: `${folder}parts` },
    { op: 'Complete', on: `${folder}parts` },
    { op: 'Append', on: log, size: 20_000, ...file, ...OF_OBS },
    { op: 'Append', on: log, size: 10_000, ...file, ...OF_OBS },
    { op: 'Get', on: log, ...OF_OBS },
    {
      op: 'SetMetadata',
      on: note,
      headers: { 'x-amz-meta-note': 'changed', 'x-amz-metadata-directive': 'REPLACE' },
      ...OF_OBS,
    },
    { op: 'Get', on: note },
    { op: 'List', on: folder },
    { op: 'DeleteMany', proof: 'md5', many: [note, large, `${folder}copy`] },
    { op: 'Delete', on: `${folder}parts` },
    { op: 'Delete', on: `${folder}stream` },
    { op: 'Delete', on: `${folder}checked` },
    { op: 'Delete', on: log, ...OF_OBS },
    { op: 'Get', on: note, absent: true },
  ];
}

/** Two SDKs of Huawei OBS with the OBS signature. Parts are smaller than theirs, to send less. */
export const obs: Sequence = {
  client: 'SDKs of Huawei OBS: esdk-obs-python 3.26.6, esdk-obs-nodejs 3.26.8',
  from: 'recorded',
  dialect: 'obs',
  doing:
    'with each of them: objects put, in chunks of no known length and in parts, read completely and in part, copied, appended to, given other metadata, listed and deleted',
  steps: [PYTHON, NODE].flatMap(stepsOf),
};
