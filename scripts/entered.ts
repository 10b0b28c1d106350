import { join } from 'node:path';
import type { Send } from './entered/client.ts';
import { type Entered, enteredDuring } from './entered/coverage.ts';
import { openStand } from './entered/stand.ts';
import { MAP } from './rooms/map.ts';
import { roomOf } from './rooms/room-of.ts';

/**
 * How many files and functions of `src/` one request enters, from its first byte to its log line, on connections that
 * are open and with everything loaded: a signed PutObject and GetObject of an encrypted object, over TLS on both
 * sides. Functions without a name count, modules that are evaluated do not. Fails above the limits. `--files` names the
 * files, `--functions` the functions too.
 */

interface Limits {
  readonly files: number;
  readonly functions: number;
}

// About 60 of the functions are connections, phases and deadlines on both sides, which Node kept before, out of sight, or
// nobody; 8 are the signer and 20 the transport, which were packages before.
// Of the files, one makes larger pieces out of TLS records, one says how large, one waits for the reads of all requests, and
// three remember what most requests have in common: names in lower case, lists of signed headers, and counts by their labels.
// Some 10 of the functions and 4 of the files measure what the record of a request says: how it ended, its times and bytes.
// Eight files and a dozen functions count: requests, keys and stores, each with its histogram, by kinds of operations and ends.
// As many of either note what the page of the admin address shows: figures by the minute, stores, rules, keys and clients.
// One file and three functions make a signature of two hashes, for which Node made an object each time.
const LIMITS: Readonly<Record<string, Limits>> = {
  PutObject: { files: 115, functions: 317 },
  GetObject: { files: 117, functions: 325 },
};

// On a busy machine timers come in between most of them.
const TRIES = 24;

const SOURCE = join(import.meta.dirname, '../src');

const CONTENT = 'sealed content';
const OPERATIONS: Readonly<Record<string, (send: Send) => Promise<void>>> = {
  PutObject: async (send) => {
    await send({ method: 'PUT', path: '/sealed/object', body: CONTENT });
  },
  GetObject: async (send) => {
    const content = await send({ method: 'GET', path: '/sealed/object' });
    if (content !== CONTENT) throw new Error('GetObject brought something else than what was put');
  },
};

/** What each operation enters, by its name. Each is done once before, so that what is made once does not count. */
export async function measure(): Promise<ReadonlyMap<string, Entered>> {
  const { send, close } = await openStand();
  try {
    await send({ method: 'PUT', path: '/sealed' });
    for (const operation of Object.values(OPERATIONS)) await operation(send);
    const found = new Map<string, Entered>();
    for (const [name, operation] of Object.entries(OPERATIONS))
      found.set(name, await leastOf(() => enteredDuring(SOURCE, () => operation(send))));
    return found;
  } finally {
    await close();
  }
}

/** Timers and slow pieces of a busy machine enter functions too: what the request needs is in the smallest of a few. */
async function leastOf(once: () => Promise<Entered>): Promise<Entered> {
  let least = await once();
  for (let tried = 1; tried < TRIES; tried += 1) {
    const entered = await once();
    if (countOf(entered).functions < countOf(least).functions) least = entered;
  }
  return least;
}

export function countOf(entered: Entered): Limits {
  const functions = [...entered.values()].reduce((sum, names) => sum + names.length, 0);
  return { files: entered.size, functions };
}

/** What is above its limits. An operation without limits, or one that has entered nothing, was not measured. */
export function overLimits(
  measured: ReadonlyMap<string, Entered>,
  limits: Readonly<Record<string, Limits>>,
): readonly string[] {
  return Object.entries(limits).flatMap(([name, limit]) => {
    const { files, functions } = countOf(measured.get(name) ?? new Map());
    if (files === 0) return [`${name} has entered no file of src/: nothing was measured`];
    return [
      ...(files > limit.files ? [`${name} enters ${files} files of src/; at most ${limit.files}`] : []),
      ...(functions > limit.functions
        ? [`${name} enters ${functions} functions of src/; at most ${limit.functions}`]
        : []),
    ];
  });
}

/** Room by room, in the order of the map, the top first. */
export function byRoom(entered: Entered): string {
  const rooms = MAP.layers.flat();
  const counted = new Map<string, Map<string, readonly string[]>>();
  for (const [file, names] of entered) {
    const room = roomOf(file, rooms) ?? 'no room';
    counted.set(room, (counted.get(room) ?? new Map()).set(file, names));
  }
  return [...rooms.toReversed(), 'no room']
    .flatMap((room) => {
      const of = counted.get(room);
      if (!of) return [];
      const { files, functions } = countOf(of);
      return [`${room === '*' ? 'src/*.ts' : room} ${files}/${functions}`];
    })
    .join(', ');
}

if (import.meta.main) {
  const [mode] = process.argv.slice(2);
  setTimeout(() => {
    process.stderr.write('no end within a minute\n');
    process.exit(1);
  }, 60_000).unref();
  const measured = await measure();
  for (const [name, entered] of measured) {
    const { files, functions } = countOf(entered);
    process.stdout.write(`${name}: ${files} files, ${functions} functions (${byRoom(entered)})\n`);
    if (mode === '--files' || mode === '--functions')
      for (const [file, names] of [...entered].toSorted(([a], [b]) => (a < b ? -1 : 1)))
        process.stdout.write(`  ${file}: ${mode === '--files' ? names.length : names.join(' ')}\n`);
  }
  for (const complaint of overLimits(measured, LIMITS)) {
    process.stderr.write(`${complaint}\n`);
    process.exitCode = 1;
  }
}
