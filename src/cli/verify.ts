import { writeFailure } from '../files.ts';
import type { Io } from '../io.ts';
import { firstSignal } from '../lifecycle.ts';
import { waitsOf } from '../snapshot/edited-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type StoreClients, storeClients } from '../store-client/clients.ts';
import type { Place } from '../store-client/list.ts';
import { htmlOf } from '../verify/html.ts';
import { jsonLines } from '../verify/json.ts';
import { followProgress } from '../verify/progress.ts';
import { exitCodeOf, gather, nothingGathered, type Result, type SeenPlace } from '../verify/result.ts';
import { verifyPlace } from '../verify/run.ts';
import { textOf } from '../verify/text.ts';
import { type Marks, painted } from './colour.ts';
import { VERIFY_NEEDS } from './commands/needs.ts';
import { openConfig } from './opening.ts';
import { writeWhole } from './write-whole.ts';

export interface VerifyAsked {
  readonly config: string;
  readonly urls: readonly { readonly bucket: string; readonly objectKey: string }[];
  readonly concurrency: number;
  /** One version in so many. */
  readonly sample: number;
  readonly json: string | undefined;
  readonly all: boolean;
  readonly html: string | undefined;
}

const MARKS: Marks = [
  [/^Fine:/, 'green'],
  [/^FAULTY:/, ['red', 'bold']],
  [/^Not finished:/, 'yellow'],
];

export interface VerifyOptions {
  readonly clock?: () => Date;
  readonly random?: () => number;
  /** Ends the run; by default SIGINT and SIGTERM do. */
  readonly signal?: AbortSignal;
}

/** `ssec-proxy verify`; resolves to the exit code. */
export async function verify(asked: VerifyAsked, io: Io, options: VerifyOptions = {}): Promise<number> {
  const buckets = asked.urls.map(({ bucket }) => bucket);
  const snapshot = await openConfig(asked.config, io, { ...VERIFY_NEEDS, buckets });
  if (!snapshot) return 3;
  const [wait] = waitsOf(snapshot, buckets);
  if (wait) {
    io.stderr.write(`keys.${wait.id} is unavailable at the moment: ${wait.cause}\n`);
    return 3;
  }
  for (const { id, cause } of waitsOf(snapshot)) io.stderr.write(`not tried: keys.${id}: ${cause}\n`);
  const { clock = () => new Date(), random = Math.random, signal = interruption() } = options;
  const { concurrency } = asked;
  const clients = storeClients(snapshot, { clock, random, signal, connections: concurrency + 2 });
  try {
    const result = await look(asked, { snapshot, clients, io, clock, random });
    io.stdout.write(painted(textOf(result), MARKS, io.stdout));
    if (asked.html !== undefined) await writeWhole(asked.html, htmlOf(result));
    return exitCodeOf(result);
  } catch (error) {
    io.stderr.write(`the report could not be written: ${writeFailure(error)}\n`);
    return 3;
  } finally {
    clients.close();
  }
}

interface Looking {
  readonly snapshot: Snapshot;
  readonly clients: StoreClients;
  readonly io: Io;
  readonly clock: () => Date;
  readonly random: () => number;
}

async function look(asked: VerifyAsked, { snapshot, clients, io, clock, random }: Looking): Promise<Result> {
  const { urls, concurrency, sample: oneIn } = asked;
  const places = urls.map(({ bucket, objectKey }): Place => ({ bucket, prefix: objectKey }));
  const began = clock();
  const gathered = nothingGathered();
  const seen: SeenPlace[] = [];
  const json = await jsonLines(asked.json, asked.all);
  const progress = followProgress({ places, clients, oneIn, clock, stderr: io.stderr, gathered });
  let trouble: string | undefined;
  try {
    for (const place of places) {
      const { of, verdicts } = await verifyPlace(place, {
        client: clients.of(place.bucket),
        snapshot,
        concurrency,
        random,
        share: 1 / oneIn,
      });
      seen.push({ ...place, of });
      for await (const verdict of verdicts) {
        gather(gathered, verdict);
        await json.verdict(verdict);
      }
    }
  } catch (error) {
    trouble = messageOf(error);
  }
  progress.end();
  const ssecKeys = snapshot.ssecKeys.map(({ ssecKey }) => ssecKey);
  const result = { ...gathered, places: seen, ssecKeys, began, ended: clock(), oneIn, trouble };
  await json.end(result);
  return result;
}

/** An audit runs for hours: who ends it still wants what it found. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  void firstSignal().then((name) => controller.abort(new Error(`it was ended by ${name}`)));
  return controller.signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
