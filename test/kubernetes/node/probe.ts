import { request as overPlain } from 'node:http';
import { request as overTls } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Container, Handler, Probe } from '../cluster/objects.ts';
import type { Contained } from './container.ts';

/** Where a probe asks. */
export interface Asked {
  readonly container: Container;
  readonly address: string;
  readonly running: Contained;
}

/** Asks again and again until `ended`, and tells each change of what the thresholds make of the answers. */
export async function watchProbe(
  probe: Probe,
  asked: Asked,
  ended: AbortSignal,
  changed: (holds: boolean) => 'go on' | 'enough',
): Promise<void> {
  const { periodSeconds = 10, failureThreshold = 3, successThreshold = 1, initialDelaySeconds = 0 } = probe;
  let right = 0;
  let wrong = 0;
  await quietly(pause(initialDelaySeconds * 1000, undefined, { signal: ended }));
  while (!ended.aborted) {
    const holds = await succeeds(probe, asked, probe.timeoutSeconds ?? 1);
    if (ended.aborted) return;
    right = holds ? right + 1 : 0;
    wrong = holds ? 0 : wrong + 1;
    const told =
      right === successThreshold ? changed(true) : wrong === failureThreshold ? changed(false) : 'go on';
    if (told === 'enough') return;
    await quietly(pause(periodSeconds * 1000, undefined, { signal: ended }));
  }
}

/** Does a handler succeed in time? */
export async function succeeds(handler: Handler, asked: Asked, seconds: number): Promise<boolean> {
  try {
    await carryOut(handler, asked, seconds);
    return true;
  } catch {
    return false;
  }
}

async function carryOut(
  handler: Handler,
  { container, address, running }: Asked,
  seconds: number,
): Promise<void> {
  const { httpGet, tcpSocket, exec, sleep } = handler;
  if (sleep) await pause(sleep.seconds * 1000);
  else if (exec) await running.exec(exec.command, seconds);
  else if (httpGet) {
    const port = portOf(container, httpGet.port);
    const scheme = (httpGet.scheme ?? 'HTTP').toLowerCase();
    await getOk(`${scheme}://${address}:${port}${httpGet.path ?? '/'}`, seconds);
  } else if (tcpSocket) await opens(address, portOf(container, tcpSocket.port), seconds);
  else throw new Error(`this kubelet knows no such handler: ${JSON.stringify(handler)}`);
}

function portOf({ ports = [] }: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  const found = ports.find(({ name }) => name === port)?.containerPort;
  if (found === undefined) throw new Error(`no port is called ${port}`);
  return found;
}

function getOk(url: string, seconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? overTls : overPlain;
    // The kubelet verifies no certificate either.
    const sent = ask(url, { agent: false, rejectUnauthorized: false, timeout: seconds * 1000 }, (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      if (statusCode >= 200 && statusCode < 400) resolve();
      else reject(new Error(`${url}: ${statusCode}`));
    });
    sent.on('timeout', () => sent.destroy(new Error(`${url}: no answer`)));
    sent.on('error', reject);
    sent.end();
  });
}

function opens(host: string, port: number, seconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: seconds * 1000 }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
  });
}

async function quietly(wait: Promise<void>): Promise<void> {
  await wait.catch(() => undefined);
}
