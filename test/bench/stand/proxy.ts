import { closeSync, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { processesOf } from '../measure/processes.ts';
import { type Contestant, start } from './contestant.ts';
import { folderIn, type Ground, SSEC_KEYS } from './ground.ts';
import { configText, type Variant } from './proxy-config.ts';

/** As the image starts it. */
export const FLAGS = ['--max-semi-space-size=2', '--disable-sigusr1'];
const PROBE = pathToFileURL(join(import.meta.dirname, 'probe.js')).href;
const TO_START_MS = 20_000;

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
): Promise<Contestant & { readonly pid: number; readonly admin: number }> {
  const { folder, config } = await writeConfig(ground, store, variant);
  const log = join(folder, 'log');
  const out = openSync(log, 'a');
  const probe = join(folder, 'probe');
  const process_ = await start(
    process.execPath,
    [...FLAGS, ...flags, `--import=${PROBE}`, main, 'serve', config],
    {
      out,
      env: { ...process.env, NODE_ENV: 'production', BENCH_PROBE: probe },
    },
  );
  closeSync(out);
  const { listen, admin } = await serving(log, process_.child);
  const { pid, stop } = process_;
  return {
    name,
    port: Number(new URL(listen).port),
    pid,
    admin,
    allocated: () => allocated(probe, pid),
    stop,
  };
}

let written = 0;

/** Writes a config and its keys into a folder of its own. */
export async function writeConfig(
  ground: Ground,
  store: Contestant,
  variant: Variant,
): Promise<{ readonly folder: string; readonly config: string }> {
  written += 1;
  const folder = await folderIn(ground, `proxy-${written}`);
  for (const [index, bytes] of SSEC_KEYS.entries())
    await writeFile(join(folder, `${index}.key`), bytes, { mode: 0o600 });
  const config = join(folder, 'config.yaml');
  await writeFile(config, configText(ground, store.port, variant), { mode: 0o600 });
  return { folder, config };
}

/** Waits for the line that says so. @throws when the program ended, with what it said */
async function serving(
  log: string,
  { exitCode }: { readonly exitCode: number | null },
): Promise<{ listen: string; admin: number }> {
  const deadline = performance.now() + TO_START_MS;
  for (;;) {
    const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
    for (const line of lines) {
      const { msg, listen, admin } = JSON.parse(line) as { msg: string; listen?: string[]; admin?: number };
      if (msg === 'serving' && listen?.[0] !== undefined) return { listen: listen[0], admin: admin ?? 0 };
    }
    if (exitCode !== null || performance.now() > deadline)
      throw new Error(`the proxy does not serve: ${lines.at(-1) ?? 'it says nothing'}`);
    await pause(5);
  }
}

/** Bytes that the heaps of all its processes have allocated. @throws for a process that has no probe */
async function allocated(probe: string, pid: number): Promise<number> {
  const each = processesOf(pid).map(async (process) => Number(await text(connect(`${probe}.${process}`))));
  return (await Promise.all(each)).reduce((sum, bytes) => sum + bytes, 0);
}
