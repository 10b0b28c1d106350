import { randomBytes } from 'node:crypto';
import { exitCodeOf, type Section } from '../doctor/finding.ts';
import { examine } from '../doctor/run.ts';
import { SEQUENCES } from '../doctor/sequences/sequences.ts';
import { sectionText, summaryText } from '../doctor/text.ts';
import type { Io } from '../io.ts';
import { SSEC_KEY_BYTES, SseKey } from '../keys/key.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Marks, painted } from './colour.ts';
import { DOCTOR_NEEDS } from './commands/needs.ts';
import { openConfig } from './opening.ts';

export interface DoctorAsked {
  readonly config: string;
  readonly readOnly: boolean;
  readonly json: boolean;
  /** What client's work is done too. */
  readonly as: string | undefined;
}

export interface DoctorOptions {
  readonly clock?: () => Date;
  readonly random?: () => number;
  /** What the probes are made of. */
  readonly bytes?: (size: number) => Buffer;
}

/** Bounds the whole run, in milliseconds. */
const LIMIT_MS = 30 * 60_000;

/** `ssec-proxy doctor`; resolves to the exit code. */
export async function doctor(asked: DoctorAsked, io: Io, options: DoctorOptions = {}): Promise<number> {
  const clients = asked.as === undefined ? 'none' : 'all';
  // What cannot be right would only be found again, in the words of the store.
  const snapshot = await openConfig(asked.config, io, { ...DOCTOR_NEEDS, clients }, true);
  if (!snapshot) return 3;
  const sections = await look(asked, snapshot, io, options);
  const exitCode = exitCodeOf(sections);
  const text = asked.json
    ? `${JSON.stringify({ exitCode, sections }, null, 2)}\n`
    : painted(summaryText(sections), SUMMARY_MARKS, io.stdout);
  io.stdout.write(text);
  return exitCode;
}

/** Of sections and of the last line. */
const MARKS: Marks = [
  [/^ {2}ok {2}/, 'green'],
  [/^ {2}WARN/, 'yellow'],
  [/^ {2}STOP/, ['red', 'bold']],
  [/^\S.*/, 'bold'],
];
const SUMMARY_MARKS: Marks = [
  [/^Fine/, 'green'],
  [/^\d.*stops? work/, 'red'],
  [/^\d.*/, 'yellow'],
];

async function look(
  { readOnly, json, as }: DoctorAsked,
  snapshot: Snapshot,
  io: Io,
  { clock = () => new Date(), random = Math.random, bytes = randomBytes }: DoctorOptions,
): Promise<readonly Section[]> {
  const sections: Section[] = [];
  const found = examine({
    snapshot,
    clock,
    random,
    bytes,
    signal: AbortSignal.timeout(LIMIT_MS),
    readOnly,
    nonce: randomBytes(8).toString('hex'),
    as: as === undefined ? undefined : SEQUENCES[as],
    stranger: new SseKey('stranger', randomBytes(SSEC_KEY_BYTES)),
  });
  for await (const section of found) {
    sections.push(section);
    if (!json) io.stdout.write(painted(`${sectionText(section)}\n`, MARKS, io.stdout));
  }
  return sections;
}
