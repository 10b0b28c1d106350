import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Test } from 'tap';
import { folderOf, type Program, runProgram, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { freePort } from '../matrix/stores/free-port.ts';

/** A proxy of several processes, before a store of the test's. */
export interface Crew {
  readonly program: Program;
  readonly folder: string;
  readonly port: number;
  /** The text of a page of the admin address. */
  admin(page: string): Promise<string>;
  /** The value of a metric; 0 when it is not there. */
  metric(line: string): Promise<number>;
  /** The process ids of the workers, by number. */
  workers(): ReadonlyMap<number, number>;
  /** Lines of the log so far. */
  lines(): readonly Line[];
  /** The number of the worker that has answered a request with this id. */
  workerOf(id: string): Promise<number>;
}

export interface Line {
  readonly level?: number;
  readonly msg?: string;
  readonly id?: string;
  readonly worker?: number;
  readonly cause?: string;
  readonly number?: number;
  readonly waits?: number;
  readonly pid?: number;
  readonly cut?: boolean;
}

interface Asked {
  readonly workers?: number | 'auto';
  /** Instead of what stands in `serveFiles`. */
  readonly edit?: (config: string) => string;
  /** The same, when the folder is known. */
  readonly finish?: (config: string, folder: string) => string;
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it, and waits until all workers serve, or it has ended. */
export async function startCrew(t: Test, storePort: number, asked: Asked = {}): Promise<Crew> {
  const { workers = 2, edit = (config) => config, finish, files = {}, env = {} } = asked;
  const [port, adminPort] = [Number(await freePort()), Number(await freePort())];
  const base = serveFiles(storePort, port);
  const config = String(base['config.yaml'])
    .replace('admin: { address: "127.0.0.1:0" }', `admin: { address: "127.0.0.1:${adminPort}" }`)
    .replace('rules: [', 'rules: [{ match: { bucket: plain }, encrypt: off }, ')
    .replace('drain: 20s', `drain: 20s\nworkers: ${workers}`);
  const folder = await folderOf(t, { ...base, ...files, 'config.yaml': edit(config) });
  const path = join(folder, 'config.yaml');
  if (finish) await writeFile(path, finish(await readFile(path, 'utf8'), folder));
  const program = runProgram(t, ['serve', path], { ...SERVE_ENV, ...env });
  const admin: Crew['admin'] = async (page) =>
    await (await fetch(`http://127.0.0.1:${adminPort}/${page}`)).text();
  await program.until(/"msg":"(?:serving|stopped)"/);
  const crew: Crew = {
    program,
    folder,
    port,
    admin,
    metric: async (line) => {
      const found = (await admin('metrics')).split('\n').find((one) => one.startsWith(`${line} `));
      return Number(found?.slice(line.length + 1) ?? 0);
    },
    workers: () => workersOf(program.child.pid ?? 0),
    lines: linesOf(program),
    workerOf: async (id) => {
      const found = (): Line | undefined => crew.lines().find((line) => line.id === id);
      await until(() => found() !== undefined);
      return found()?.worker ?? 0;
    },
  };
  return crew;
}

/** Each line is read once, however often they are asked for. */
function linesOf({ stdout }: Program): Crew['lines'] {
  const lines: Line[] = [];
  let read = 0;
  return () => {
    const out = stdout();
    const end = out.lastIndexOf('\n') + 1;
    const texts = out.slice(read, end).split('\n').slice(0, -1);
    lines.push(...texts.map((text) => JSON.parse(text) as Line));
    read = Math.max(read, end);
    return [...lines];
  };
}

/** Of the children of a process, those that were told a number. */
function workersOf(pid: number): ReadonlyMap<number, number> {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return new Map(
    children.flatMap((child) => {
      const number = /(?:^|\0)SSEC_PROXY_WORKER=(\d+)/.exec(quiet(`/proc/${child}/environ`))?.[1];
      return number === undefined ? [] : [[Number(number), Number(child)]];
    }),
  );
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(quiet(`/proc/${pid}/status`))?.[1]);
}

/** A process may be gone when it is looked at. */
function quiet(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

interface Answer {
  readonly status: number;
  readonly id: string;
  readonly text: string;
}

export type Ask = (method: string, path: string, body?: string) => Promise<Answer>;

/** A client with one connection, which stays with one worker. */
export function connection(t: Test, port: number): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', agent, method, path }, (response: IncomingMessage) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('error', reject).once('end', () => {
          const id = String(response.headers['x-amz-request-id']);
          resolve({ status: response.statusCode ?? 0, id, text });
        });
      });
      asked.once('error', reject);
      asked.end(body);
    });
}

/** Waits until a question is answered with yes. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 4000; tries += 1) {
    if (await condition()) return;
    await pause(20);
  }
  throw new Error('what was waited for never came to be');
}

/** One connection to each of two workers. */
export async function toBoth(t: Test, crew: Crew): Promise<{ one: Ask; two: Ask }> {
  const byWorker = new Map<number, Ask>();
  while (byWorker.size < 2) {
    const ask = connection(t, crew.port);
    byWorker.set(await crew.workerOf((await ask('GET', '/plain/which')).id), ask);
  }
  const [one, two] = [byWorker.get(1), byWorker.get(2)];
  if (!one || !two) throw new Error('there are other workers than 1 and 2');
  return { one, two };
}
