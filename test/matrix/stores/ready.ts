import type { ChildProcess } from 'node:child_process';
import { request as overPlain } from 'node:http';
import { request as overTls } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

const START_MS = 60_000;

/** Waits until a store answers 200 there; throws when it ends before, or takes a minute. */
export async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  while ((await statusOf(url)) !== 200) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('the store does not start');
    await pause(200);
  }
}

/** Only whether it is up is asked here; nothing is told to it, so nothing is verified. */
function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const request = url.startsWith('https:') ? overTls : overPlain;
    request(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', () => resolve(0))
      .end();
  });
}
