import { closeSync, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../matrix/stores/free-port.ts';
import { processesOf } from '../measure/processes.ts';
import { type Contestant, listening, start } from './contestant.ts';
import { folderIn, type Ground, SSEC_KEYS } from './ground.ts';
import { IMAGE } from './image.ts';
import { configText, type Variant } from './proxy-config.ts';

const PROBE = pathToFileURL(join(import.meta.dirname, 'probe.js')).href;
const TOGETHER = join(import.meta.dirname, 'together.js');

export interface ProxySetting {
  /** Path of the program, `dist/main.js` by default. */
  readonly main: string;
  readonly store: Contestant;
  readonly variant?: Variant;
  /** Of Node, beside those of the image. */
  readonly flags?: readonly string[];
}

/** The proxy as it is shipped, with everything on: TLS on both sides, verification, the log into a file in memory, metrics. */
export async function startProxy(
  ground: Ground,
  name: string,
  { main, store, variant = {}, flags = [] }: ProxySetting,
): Promise<Contestant & { readonly pid: number }> {
  const written = await writeConfig(ground, store, variant);
  const { pid, stop, allocated } = await run([main, 'serve', written.config], {
    name,
    flags,
    env: spansTo(variant.collector),
    all: [written],
  });
  return { name, port: written.port, pid, allocated, stop };
}

/**
 * A proxy for each variant, all in one process: that the compiler has optimised one process further than another is no
 * difference between them.
 */
export async function startTogether(
  ground: Ground,
  { main, store, flags = [] }: Omit<ProxySetting, 'variant'>,
  variants: Readonly<Record<string, Variant>>,
): Promise<readonly (Contestant & { readonly pid: number })[]> {
  const all: (Written & { readonly name: string; readonly env: NodeJS.ProcessEnv })[] = [];
  for (const [name, variant] of Object.entries(variants))
    all.push({ name, env: spansTo(variant.collector), ...(await writeConfig(ground, store, variant)) });
  const proxies = JSON.stringify(all.map(({ config, port, env }) => ({ config, port, env })));
  const name = Object.keys(variants).join(', ');
  const running = await run([TOGETHER, main, proxies], { name, flags, env: {}, all });
  return all.map(({ name, port }) => ({ name, port, ...running }));
}

type Running = Pick<Required<Contestant>, 'pid' | 'allocated' | 'stop'>;

interface Run {
  readonly name: string;
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly all: readonly Written[];
}

/** Runs a program of the proxy until it listens on all ports. Its output and its probe are in the folder of the first. */
async function run(args: readonly string[], { name, flags, env, all }: Run): Promise<Running> {
  const folder = all[0]?.folder ?? '';
  const out = openSync(join(folder, 'log'), 'a');
  const probe = join(folder, 'probe');
  const { pid, stop, ...running } = await start(
    process.execPath,
    [...IMAGE.flags, ...flags, `--import=${PROBE}`, ...args],
    { out, env: { ...process.env, ...IMAGE.env, ...env, BENCH_PROBE: probe } },
  );
  closeSync(out);
  try {
    for (const { port } of all) await listening(running, port);
  } catch (cause) {
    throw new Error(`${name} does not serve: ${readFileSync(join(folder, 'log'), 'utf8')}`, { cause });
  }
  return { pid, allocated: () => allocated(probe, pid), stop };
}

function spansTo(port: number | undefined): NodeJS.ProcessEnv {
  return port === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
}

interface Written {
  readonly folder: string;
  readonly config: string;
  readonly port: number;
}

let written = 0;

/** Writes a config and its keys into a folder of its own. */
export async function writeConfig(ground: Ground, store: Contestant, variant: Variant): Promise<Written> {
  written += 1;
  const folder = await folderIn(ground, `proxy-${written}`);
  for (const [index, bytes] of SSEC_KEYS.entries())
    await writeFile(join(folder, `${index}.key`), bytes, { mode: 0o600 });
  const config = join(folder, 'config.yaml');
  // Known before: with `log: silent` nobody says which one it is.
  const port = Number(await freePort());
  await writeFile(config, configText(ground, { port, storePort: store.port, folder }, variant), {
    mode: 0o600,
  });
  return { folder, config, port };
}

/** Bytes that the heaps of all its processes have allocated. @throws for a process that has no probe */
async function allocated(probe: string, pid: number): Promise<number> {
  const each = processesOf(pid).map(async (process) => Number(await text(connect(`${probe}.${process}`))));
  return (await Promise.all(each)).reduce((sum, bytes) => sum + bytes, 0);
}
