import { join } from 'node:path';
import type { Send } from './entered/client.ts';
import { type Entered, enteredDuring } from './entered/coverage.ts';
import { openStand } from './entered/stand.ts';
import { MAP } from './rooms/map.ts';
import { roomOf } from './rooms/room-of.ts';

/**
 * How many files and functions of `src/` one request enters, from its first byte to its log line, on connections that
 * are open and with everything loaded: a signed PutObject and GetObject of an encrypted object, over TLS on both
 * sides. Functions without a name count, modules that are evaluated do not. The line and the transport to the store have
 * limits of their own; fails above any of them. `--files` names the files, `--functions` the functions too.
 */

interface Count {
  readonly files: number;
  readonly functions: number;
}

/** The transport to the store, and all of `src/` but that. */
interface ByPart {
  readonly line: Count;
  readonly transport: Count;
}

// What is reached, and no more. Of the functions of the line three quarters read, verify, decide, sign, send and prove; the others
// keep clients within their limits, and tell the log and the metrics.
const LIMITS: Readonly<Record<string, ByPart>> = {
  PutObject: { line: { files: 71, functions: 190 }, transport: { files: 23, functions: 100 } },
  GetObject: { line: { files: 73, functions: 195 }, transport: { files: 23, functions: 100 } },
};

/** What would be a package if it were not part of this program: HTTP towards the store. */
const TRANSPORT = 'upstream/';

// On a busy machine timers come in between most of them, and the other checks run beside these for a while.
const TRIES = 96;

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

export function countOf(entered: Entered): Count {
  const functions = [...entered.values()].reduce((sum, names) => sum + names.length, 0);
  return { files: entered.size, functions };
}

export function byPart(entered: Entered): ByPart {
  const of = (inTransport: boolean): Count =>
    countOf(new Map([...entered].filter(([file]) => file.startsWith(TRANSPORT) === inTransport)));
  return { line: of(false), transport: of(true) };
}

/** What is above its limits. An operation with limits that has entered nothing of a part was not measured. */
export function overLimits(
  measured: ReadonlyMap<string, Entered>,
  limits: Readonly<Record<string, ByPart>>,
): readonly string[] {
  return Object.entries(limits).flatMap(([name, limit]) => {
    const counted = byPart(measured.get(name) ?? new Map());
    return PARTS.flatMap((part) => {
      const { files, functions } = counted[part];
      const [mostFiles, mostFunctions] = [limit[part].files, limit[part].functions];
      if (files === 0) return [`${name} has entered no file of the ${part}: nothing was measured`];
      return [
        ...(files > mostFiles ? [`${name} enters ${files} files of the ${part}; at most ${mostFiles}`] : []),
        ...(functions > mostFunctions
          ? [`${name} enters ${functions} functions of the ${part}; at most ${mostFunctions}`]
          : []),
      ];
    });
  });
}

const PARTS = ['line', 'transport'] as const;

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
    const { line, transport } = byPart(entered);
    process.stdout.write(
      `${name}: line ${line.files} files, ${line.functions} functions; transport ${transport.files} files, ${transport.functions} functions (${byRoom(entered)})\n`,
    );
    if (mode === '--files' || mode === '--functions')
      for (const [file, names] of [...entered].toSorted(([a], [b]) => (a < b ? -1 : 1)))
        process.stdout.write(`  ${file}: ${mode === '--files' ? names.length : names.join(' ')}\n`);
  }
  for (const complaint of overLimits(measured, LIMITS)) {
    process.stderr.write(`${complaint}\n`);
    process.exitCode = 1;
  }
}
