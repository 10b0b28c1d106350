import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { StoreStep } from '../row.ts';
import { MessageReader } from '../wire/message-reader.ts';
import type { Place } from './place.ts';
import { servedWell } from './served-well.ts';
import { type Stage, takeSteps } from './steps.ts';
import { framingOf, Taking } from './taking.ts';

/** Serves one connection as its place says: one request after the other. */
export async function serveConnection(
  raw: Socket,
  place: Place,
  secureContext: SecureContext | undefined,
): Promise<void> {
  const number = place.connections.push('open') - 1;
  let ours = false;
  const ended = (how: 'fin' | 'reset' | 'store'): void => {
    if (place.connections[number] === 'open') place.connections[number] = how;
  };
  raw.setNoDelay(true);
  raw.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (!ours) ended(code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : 'fin');
  });
  raw.on('close', () => ended(ours ? 'store' : 'fin'));
  const stageOn = (out: Duplex, request?: Taking): Stage => ({
    out,
    gates: place.gates,
    request,
    deaf: () => {
      out.pause();
      place.deaf.push(out);
    },
    end: (how) => {
      ours = true;
      if (how === 'reset') raw.resetAndDestroy();
      else if (how === 'cut') raw.end();
      else if (how === 'close') raw.destroy();
      else out.end();
    },
  });
  const { handshake = [], greeting = [] } = place.behaviour;
  if (handshake.length > 0) {
    raw.on('end', () => raw.end()).resume();
    await takeSteps(handshake, stageOn(raw));
    return;
  }
  const out = secureContext ? new TLSSocket(raw, { isServer: true, secureContext }) : raw;
  out.on('error', () => undefined);
  out.on('end', () => {
    ended(ours ? 'store' : 'fin');
    out.end();
  });
  await takeSteps(greeting, stageOn(out));
  readRequests(out, number, place, {
    play: (request) => playTurn(request, place, stageOn(out, request)),
    refuse: () => raw.destroy(),
  });
}

/** Hands the requests on in their order, each when the one before has had its turn. */
function readRequests(
  out: Duplex,
  connection: number,
  place: Place,
  { play, refuse }: { readonly play: (request: Taking) => Promise<void>; readonly refuse: () => void },
): void {
  let before = Promise.resolve();
  let current: Taking | undefined;
  const reader = new MessageReader({
    framingOf,
    onHead: (head) => {
      const request = new Taking(head, connection);
      current = request;
      if (place.isStray(request.target, connection)) {
        refuse();
        return;
      }
      place.requests.push(request);
      before = before.then(() => play(request));
    },
    onBody: (piece) => current?.add(piece),
    onEnd: () => current?.end(),
    onFault: (fault) => void place.faults.push(fault),
  });
  out.on('data', (bytes: Buffer) => reader.feed(bytes));
}

async function playTurn(request: Taking, place: Place, stage: Stage): Promise<void> {
  const { encrypts = true, idleCloseMs } = place.behaviour;
  const turn: readonly StoreStep[] | undefined = place.nextTurn(request);
  await takeSteps(turn ?? servedWell(request, encrypts), stage);
  if (turn || !idleCloseMs) return;
  const wait = idleCloseMs[place.requests.length % idleCloseMs.length] ?? 0;
  void pause(wait).then(() => {
    const last = place.requests.findLast(({ connection }) => connection === request.connection);
    if (last === request) stage.end('close');
  });
}
