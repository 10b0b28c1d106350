import { parseArgs } from 'node:util';
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
import { openConfig, sayUsage } from './opening.ts';
import { parseS3Url } from './s3-url.ts';
import { writeWhole } from './write-whole.ts';

const USAGE = `usage: ssec-proxy verify CONFIG s3://bucket[/prefix]… [--concurrency N] [--sample N]
                         [--json FILE [--all]] [--html FILE]

Asks the store itself for the first byte of every version of every object, without a key, which has to fail where a
rule encrypts, and with the keys of the config, one of which has to open it. Nothing is changed.

       --concurrency  versions that are looked at at once, 1 to 256; 16 as is
       --sample       looks at one version in N, by chance
       --json         writes JSON Lines to FILE: a line a fault (with --all, a line a version) and a summary
       --html         writes a report to FILE, of one file, for a browser

Exit codes: 0 all is encrypted and readable, 1 something under an encrypting rule is not, 2 a wrong command line,
3 it could not be found out.
`;

export interface VerifyOptions {
  readonly now?: () => Date;
  readonly random?: () => number;
  /** Ends the run; by default SIGINT and SIGTERM do. */
  readonly signal?: AbortSignal;
}

/** `ssec-proxy verify`; resolves to the exit code. */
export async function verify(args: readonly string[], io: Io, options: VerifyOptions = {}): Promise<number> {
  const asked = parse(args);
  if (typeof asked === 'string') return sayUsage(asked, USAGE, io);
  const snapshot = await openConfig(asked.file, io);
  if (!snapshot) return 3;
  const [wait] = waitsOf(snapshot);
  if (wait) {
    io.stderr.write(`keys.${wait.id} is not to be had at the moment: ${wait.cause}\n`);
    return 3;
  }
  const { now = () => new Date(), random = Math.random, signal = interruption() } = options;
  const { concurrency } = asked;
  const clients = storeClients(snapshot, { now, random, signal, connections: concurrency + 2 });
  try {
    const result = await look(asked, { snapshot, clients, io, now, random });
    io.stdout.write(textOf(result));
    if (asked.html !== undefined) await writeWhole(asked.html, htmlOf(result));
    return exitCodeOf(result);
  } catch (error) {
    io.stderr.write(`the report could not be written: ${messageOf(error)}\n`);
    return 3;
  } finally {
    clients.close();
  }
}

interface Asked {
  readonly file: string;
  readonly places: readonly Place[];
  readonly concurrency: number;
  /** One version in so many. */
  readonly oneIn: number;
  readonly json: string | undefined;
  readonly all: boolean;
  readonly html: string | undefined;
}

interface Looking {
  readonly snapshot: Snapshot;
  readonly clients: StoreClients;
  readonly io: Io;
  readonly now: () => Date;
  readonly random: () => number;
}

async function look(asked: Asked, { snapshot, clients, io, now, random }: Looking): Promise<Result> {
  const { places, concurrency, oneIn } = asked;
  const began = now();
  const gathered = nothingGathered();
  const seen: SeenPlace[] = [];
  const json = await jsonLines(asked.json, asked.all);
  const progress = followProgress({ places, clients, oneIn, now, stderr: io.stderr, gathered });
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
  const result = { ...gathered, places: seen, ssecKeys, began, ended: now(), oneIn, trouble };
  await json.end(result);
  return result;
}

function parse(args: readonly string[]): Asked | 'help' | 'usage' {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        concurrency: { type: 'string', default: '16' },
        sample: { type: 'string', default: '1' },
        json: { type: 'string' },
        all: { type: 'boolean', default: false },
        html: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    if (values.help === true) return 'help';
    const [file, ...urls] = positionals;
    const places = urls.flatMap((url) => parseS3Url(url) ?? []);
    const concurrency = integer(values.concurrency, 256);
    const oneIn = integer(values.sample, 1_000_000);
    if (file === undefined || urls.length === 0 || places.length < urls.length) return 'usage';
    if (concurrency === undefined || oneIn === undefined || (values.all && values.json === undefined))
      return 'usage';
    const { json, all, html } = values;
    const prefixed = places.map(({ bucket, objectKey }) => ({ bucket, prefix: objectKey }));
    return { file, places: prefixed, concurrency, oneIn, json, all, html };
  } catch {
    return 'usage';
  }
}

function integer(text: string, most: number): number | undefined {
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value >= 1 && value <= most ? value : undefined;
}

/** An audit runs for hours: whoever ends it still wants what it found. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  void firstSignal().then((name) => controller.abort(new Error(`it was ended by ${name}`)));
  return controller.signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
