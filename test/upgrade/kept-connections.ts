import { setTimeout as pause } from 'node:timers/promises';
import type { SmallClient } from '../load/small-client.ts';

/** Clients that never leave a connection by themselves, and read without pause: each is there when its pod ends. */
export function startKept(clients: readonly SmallClient[], path: string) {
  const stopping = new AbortController();
  const failures: string[] = [];
  let requests = 0;
  const work = async (client: SmallClient): Promise<void> => {
    while (!stopping.signal.aborted && failures.length < 20) {
      requests += 1;
      const status = await client.send('GET', path).then((answer) => answer.status, String);
      if (status !== 200) failures.push(`GET ${path}: ${status}`);
      await pause(5);
    }
  };
  const working = clients.map(work);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(working);
      return { requests, failures };
    },
  };
}
