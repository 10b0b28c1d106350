import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { growthOf, TIMES_THE_CPU } from '../readers/growth.ts';
import { OF_CLIENTS, OF_STORES } from '../readers/table.ts';
import { split } from '../support/decoding.ts';
import { LARGE, UNSIGNED, type Worst } from './readers/requests.ts';

/**
 * The worst that one request costs: CPU of the proxy's thread for one that nobody signed and for one of any size that is
 * let through, and the longest turn of its event loop. Prints them and fails above the limits. `--growth` shows how
 * every reader of the table grows with its input, `--only TEXT` picks requests.
 */

const UNSIGNED_MS = 5;
const CHUNKS_OF_A_BYTE_MS = 25;
const LARGE_MS_A_MIB = 100;
const TURN_MS = 50;
const MIB = 1024 * 1024;
const TRIES = 3;

const { values } = parseArgs({ options: { growth: { type: 'boolean' }, only: { type: 'string' } } });
let failed = false;

let answering: Worst['store'];
const store = http.createServer((request, response) => {
  request.resume().once('end', () => {
    // A part of one byte without a key, by which the proxy asks for an upload.
    if (request.url?.includes('partNumber=10000')) response.writeHead(400).end();
    else say(request, response);
  });
});
await once(store.listen(0, '127.0.0.1'), 'listening');
const storePort = (store.address() as AddressInfo).port;

/** Echoes the SSE-C key: a bucket in distrust would refuse the writes that are to be measured. */
function say(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { status = 200, head = {}, body = '', piece = body.length } = answering ?? {};
  for (const name of ['algorithm', 'key-md5']) {
    const echoed = request.headers[`x-amz-server-side-encryption-customer-${name}`];
    if (echoed !== undefined) response.setHeader(`x-amz-server-side-encryption-customer-${name}`, echoed);
  }
  response.writeHead(status, { 'content-type': 'application/xml', ...head });
  Readable.from(split(body, [piece]), { objectMode: false }).pipe(response);
}

interface Measured {
  readonly cpu: number;
  readonly turn: number;
  readonly bytes: number;
}

async function measureAll(
  signed: boolean,
  requests: Readonly<Record<string, Worst>>,
  limitOf: (bytes: number, worst: Worst) => number,
): Promise<void> {
  const thread = new Worker(join(import.meta.dirname, 'readers/proxy-thread.ts'), {
    workerData: { storePort, signed },
  });
  const [{ port, slower }] = (await once(thread, 'message')) as [{ port: number; slower: number }];
  const scale = Math.max(1, slower);
  process.stdout.write(
    `\n${signed ? 'without a signature' : 'of any size that is let through'} (this machine counts ${scale.toFixed(2)} times)\n`,
  );
  const ask = async (what: string): Promise<number> => {
    thread.postMessage(what, []);
    return ((await once(thread, 'message')) as [number])[0];
  };
  for (const [name, worst] of Object.entries(requests)) {
    if (values.only !== undefined && !name.includes(values.only)) continue;
    answering = worst.store;
    let best: Measured = { cpu: Number.POSITIVE_INFINITY, turn: Number.POSITIVE_INFINITY, bytes: 0 };
    const answers = worst.answers ?? 1;
    await exchange(port, worst);
    for (let tried = 0; tried < TRIES; tried += 1) {
      const before = await ask('cpu');
      const received = await exchange(port, worst);
      const cpu = ((await ask('cpu')) - before) / answers;
      thread.postMessage('watch', []);
      await exchange(port, worst);
      const turn = await ask('turn');
      const bytes = worst.sent.length + received + (worst.store?.body.length ?? 0);
      best = { cpu: Math.min(best.cpu, cpu), turn: Math.min(best.turn, turn), bytes };
    }
    const limit = limitOf(best.bytes, worst) * scale;
    const bad = best.cpu > limit || best.turn > TURN_MS * scale;
    if (bad) failed = true;
    process.stdout.write(
      `${bad ? 'ABOVE' : 'ok   '} ${best.cpu.toFixed(1).padStart(7)} ms of ${limit.toFixed(0).padStart(5)}, turn ${best.turn.toFixed(1).padStart(6)} ms  ${name}\n`,
    );
  }
  thread.postMessage('end', []);
  await once(thread, 'exit');
}

/** Sends it over a connection of its own, until all answers are there or it ends; resolves to what came, in bytes. */
async function exchange(port: number, { sent, answers = 1 }: Worst): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let [received, seen] = [0, 0];
  let tail = '';
  socket.on('error', () => {});
  const done = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length;
      const text = tail + bytes.toString('latin1');
      seen += text.split('x-amz-request-id: ').length - 1;
      tail = text.slice(-17);
      if (seen >= answers) setTimeout(resolve, 20);
    });
  });
  socket.write(Buffer.from(sent, 'latin1'));
  const slow = setTimeout(() => socket.destroy(), 60_000);
  await done;
  clearTimeout(slow);
  socket.destroy();
  return received;
}

await measureAll(true, UNSIGNED, (_bytes, { chunksOfAByte }) =>
  chunksOfAByte ? CHUNKS_OF_A_BYTE_MS : UNSIGNED_MS,
);
await measureAll(false, LARGE, (bytes) => UNSIGNED_MS + (LARGE_MS_A_MIB * bytes) / MIB);
if (values.growth) {
  for (const [name, reader] of Object.entries({ ...OF_CLIENTS, ...OF_STORES })) {
    for (const [what, make] of Object.entries(reader.worst)) {
      const { size, base, larger } = await growthOf(reader, make);
      if (larger > base * TIMES_THE_CPU) failed = true;
      process.stdout.write(
        `${name}, ${what}: ${base.toFixed(0)} ms for ${size ?? 'the largest'}, ${(larger / base).toFixed(1)} times that for eight times the size\n`,
      );
    }
  }
}
store.closeAllConnections();
store.close();
process.exitCode = failed ? 1 : 0;
