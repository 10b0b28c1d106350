import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SseKey } from '../../src/keys/key.ts';
import { Pool } from '../../src/upstream/pool.ts';

/** Loaded into a process before its program: at SIGUSR2 it prints a `Probe` on standard error, as a line of JSON. */
export interface Probe {
  /** Bytes in use on the heap after garbage collection. */
  readonly heap: number;
  /** Objects that are alive: pools of connections, and SSE-C keys, which are as many as snapshots times their keys. */
  readonly pools: number;
  readonly ssecKeys: number;
  /** Open connections, listening sockets left out. */
  readonly sockets: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  const alive = (made: new (...args: never[]) => object): number => queryObjects(made, { format: 'count' });
  for (let round = 0; round < 3; round += 1) collect();
  const probe: Probe = {
    heap: process.memoryUsage().heapUsed,
    pools: alive(Pool),
    ssecKeys: alive(SseKey),
    sockets: process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length,
  };
  process.stderr.write(`${JSON.stringify(probe)}\n`);
});
