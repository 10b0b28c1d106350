import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { exitCodeOf, type Section } from '../doctor/finding.ts';
import { examine } from '../doctor/run.ts';
import { SEQUENCES } from '../doctor/sequences/sequences.ts';
import type { Sequence } from '../doctor/sequences/step.ts';
import { sectionText, summaryText } from '../doctor/text.ts';
import type { Io } from '../io.ts';
import { SSEC_KEY_BYTES, SseKey } from '../keys/key.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { openConfig, sayUsage } from './opening.ts';

const USAGE = `usage: ssec-proxy doctor CONFIG [--read-only] [--json] [--as CLIENT]

Looks at every store and every rule of the config: the connection and its certificates, the clock, credentials and region;
the bucket and what it blocks; lists; and with probes below each rule's prefix, which are removed again, whether the store
encrypts, what it says to no key and to a wrong one, copies, uploads in parts, framings and hashes of bodies. Says what was
found, what it means and what mends it, and which provider row fits the store.

       --read-only  writes nothing
       --json       one JSON document
       --as         also does what a client does, through a proxy of this config on loopback: ${Object.keys(SEQUENCES).join(', ')}

Exit codes: 0 nothing stops work, 1 something does, 2 a wrong command line, 3 the config can't be used.
`;

export interface DoctorOptions {
  readonly now?: () => Date;
  readonly random?: () => number;
  /** What the probes are made of. */
  readonly bytes?: (size: number) => Buffer;
}

/** Bounds the whole run, in milliseconds. */
const LIMIT_MS = 30 * 60_000;

/** `ssec-proxy doctor`; resolves to the exit code. */
export async function doctor(args: readonly string[], io: Io, options: DoctorOptions = {}): Promise<number> {
  const asked = parse(args);
  if (typeof asked === 'string') return sayUsage(asked, USAGE, io);
  const snapshot = await openConfig(asked.file, io);
  if (!snapshot) return 3;
  const sections = await look(asked, snapshot, io, options);
  const exitCode = exitCodeOf(sections);
  io.stdout.write(
    asked.json ? `${JSON.stringify({ exitCode, sections }, null, 2)}\n` : summaryText(sections),
  );
  return exitCode;
}

interface Asked {
  readonly file: string;
  readonly readOnly: boolean;
  readonly json: boolean;
  readonly as: Sequence | undefined;
}

async function look(
  { readOnly, json, as }: Asked,
  snapshot: Snapshot,
  io: Io,
  { now = () => new Date(), random = Math.random, bytes = randomBytes }: DoctorOptions,
): Promise<readonly Section[]> {
  const sections: Section[] = [];
  const found = examine({
    snapshot,
    now,
    random,
    bytes,
    signal: AbortSignal.timeout(LIMIT_MS),
    readOnly,
    nonce: randomBytes(8).toString('hex'),
    as,
    stranger: new SseKey('stranger', randomBytes(SSEC_KEY_BYTES)),
  });
  for await (const section of found) {
    sections.push(section);
    if (!json) io.stdout.write(`${sectionText(section)}\n`);
  }
  return sections;
}

function parse(args: readonly string[]): Asked | 'help' | 'usage' {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        'read-only': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        as: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    const [file, ...rest] = positionals;
    if (values.help === true) return 'help';
    if (file === undefined || rest.length > 0) return 'usage';
    const { as: name, 'read-only': readOnly, json } = values;
    const as = name !== undefined && Object.hasOwn(SEQUENCES, name) ? SEQUENCES[name] : undefined;
    if (name !== undefined && (!as || readOnly)) return 'usage';
    return { file, readOnly, json, as };
  } catch {
    return 'usage';
  }
}
