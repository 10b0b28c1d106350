import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from './judge.ts';
import { type Additions, type Lane, makeFolder, writeConfig } from './lab/config.ts';
import { ProxyProcess } from './lab/proxy.ts';
import { Store } from './lab/store.ts';
import { play, type Stand } from './play.ts';
import type { Row, Way } from './row.ts';
import { ROWS } from './rows/rows.ts';
import { afterwards, beforehand } from './whole.ts';

const HELP = `npm run test:faults -- [OPTIONS]
  --only TEXT        rows whose name has the text
  --over plain|tls   one way only
  --jobs N           rows at once (12)
  --times N          each row so many times (1)
  --upstream JSON    more options of each upstream, such as another transport
  --listener JSON    more options of each listener
  --config JSON      more options at the top of the config
  --lean             as if many clients were slow: downloads use connections that take little memory
`;

const MANY_SLOW = join(import.meta.dirname, 'lab/many-slow.ts');

/** Plays every row over both ways against one proxy and one store, and prints one line for each. */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    over: { type: 'string' },
    jobs: { type: 'string', default: '12' },
    times: { type: 'string', default: '1' },
    upstream: { type: 'string', default: '{}' },
    listener: { type: 'string', default: '{}' },
    config: { type: 'string', default: '{}' },
    lean: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const begin = performance.now();
  const folder = await makeFolder();
  const store = new Store(folder.tls);
  const lanes = await Promise.all(chosen().map(([row, way], at) => openLane(row, way, at, store)));
  const additions = Object.fromEntries(
    (['upstream', 'listener'] as const).map((name) => [name, JSON.parse(values[name])]),
  ) as Omit<Additions, 'top'>;
  const proxy = new ProxyProcess(
    await writeConfig(folder, lanes, { ...additions, top: JSON.parse(values.config) }),
    values.lean ? { env: { NODE_OPTIONS: `--import=${MANY_SLOW}` } } : {},
  );
  try {
    const ports = await proxy.started();
    const addressOf = ({ way }: Lane) => ({
      port: ports[way],
      ca: way === 'tls' ? folder.tls.ca : undefined,
    });
    const before = await beforehand(proxy, ports.admin);
    const red = await playAll(lanes, { store, proxy, addressOf });
    const whole = await afterwards(
      before,
      lanes.map(({ row }) => row),
      proxy,
      ports.admin,
    );
    for (const fault of whole) process.stdout.write(`FAILED the whole run: ${fault}\n`);
    const seconds = Math.round((performance.now() - begin) / 1000);
    process.stdout.write(`${lanes.length - red} of ${lanes.length} passed in ${seconds} s\n`);
    if (red + whole.length > 0) process.exitCode = 1;
  } finally {
    for (const fault of await proxy.stop()) {
      process.stdout.write(`FAILED the end of the run: ${fault}\n`);
      process.exitCode = 1;
    }
    store.close();
    await folder.remove();
  }
}

function chosen(): (readonly [Row, Way])[] {
  const rows = ROWS.filter(({ name }) => name.includes(values.only));
  const ways = (['plain', 'tls'] as const).filter((way) => values.over === undefined || values.over === way);
  const found = rows.flatMap((row) =>
    ways.filter((way) => (row.over ?? way) === way).map((way) => [row, way] as const),
  );
  if (found.length === 0) throw new Error('no row is like that');
  return Array.from({ length: Number(values.times) }, () => found).flat();
}

async function openLane(row: Row, way: Way, at: number, store: Store): Promise<Lane> {
  // Another run at the same time has other names.
  const name = `row-${process.pid}-${at + 1}`;
  return { name, row, way, lean: values.lean, port: await store.open(name, row.store, way === 'tls') };
}

/** So many rows at once. @returns how many are not as they must be */
async function playAll(lanes: readonly Lane[], stand: Stand): Promise<number> {
  const waiting = [...lanes];
  let red = 0;
  const work = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
      const faults = stand.proxy.running
        ? judge(lane, await play(lane, stand))
        : ['the proxy is not running'];
      if (faults.length > 0) red += 1;
      const title = `${lane.row.kind}, ${lane.way}: ${lane.row.name}`;
      process.stdout.write(
        faults.length === 0
          ? `ok ${title}\n`
          : `FAILED ${title}\n${faults.map((fault) => `    ${fault}\n`).join('')}`,
      );
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  return red;
}
