import { createServer } from 'node:net';
import { getHeapStatistics } from 'node:v8';

/**
 * Loaded into the proxy's process before its program, by --import: says on a unix socket, one per process, how much its
 * heap has allocated. The program itself knows nothing of it. JavaScript, as stripping types takes 20 MiB.
 */
const { BENCH_PROBE } = process.env;
if (BENCH_PROBE !== undefined)
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(String(getHeapStatistics().total_allocated_bytes));
  })
    .listen(`${BENCH_PROBE}.${process.pid}`)
    .unref();
