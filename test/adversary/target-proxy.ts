import net from 'node:net';
import tls from 'node:tls';
import type { Test } from 'tap';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { makeLog } from '../../src/log.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import type { ProviderName } from '../../src/s3/providers.ts';
import { EVERYTHING, snapshotOf, testSsecKey } from '../support/snapshot.ts';

interface Settings {
  /** Port of the store on 127.0.0.1. */
  readonly port: number;
  readonly provider?: ProviderName;
  readonly tls?: ListenerSettings['tls'];
}

/** A proxy of which one may ask everything without a signature: it encrypts `secret`, and leaves `plain` plain. */
export async function startTarget(
  t: Test,
  { port, provider = 'aws', tls }: Settings,
): Promise<{ port: number }> {
  const timeouts = { connect: 5000, headers: 60_000, idle: 60_000, document: 60_000, keepAlive: 1000 };
  const snapshot = snapshotOf({
    provider,
    rules: [
      { bucket: 'secret', encrypt: [testSsecKey('target')] },
      { bucket: 'plain', encrypt: 'off' },
    ],
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port, timeouts },
    listeners: [{ host: '127.0.0.1', port: 0, tls, auth: 'none', permissions: EVERYTHING }],
  });
  const proxy = await startProxy(snapshot, makeLog('silent'));
  t.teardown(() => proxy.stop());
  return { port: Number(new URL(proxy.urls[0] ?? '').port) };
}

/** What came back of one connection, one character a byte, and whether the other side ended it. */
export interface Outcome {
  readonly received: string;
  readonly ended: boolean;
}

interface Sending {
  readonly port: number;
  readonly ca?: string;
  /** The pieces are sent one after the other, each when the one before is out. */
  readonly pieces: readonly string[];
  /** Enough has come: the connection need not end. */
  readonly enough?: (received: string) => boolean;
  /** Says that nothing more will come once everything is sent. */
  readonly halfClose?: boolean;
}

/** How long a connection may stay silent, in milliseconds. */
const PATIENCE_MS = 4000;

/** Sends raw bytes and waits until the connection ends, or until enough has come. */
export function sendRaw({
  port,
  ca,
  pieces,
  enough = () => false,
  halfClose = false,
}: Sending): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket =
      ca === undefined ? net.connect(port, '127.0.0.1') : tls.connect({ port, host: '127.0.0.1', ca });
    let received = '';
    const finish = (ended: boolean): void => {
      socket.destroy();
      resolve({ received, ended });
    };
    socket.setNoDelay(true).setTimeout(PATIENCE_MS, () => finish(false));
    socket.on('error', () => undefined).once('close', () => finish(true));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (enough(received)) finish(false);
    });
    socket.once(ca === undefined ? 'connect' : 'secureConnect', () => {
      void sendPieces(socket, pieces).then(() => halfClose && socket.end());
    });
  });
}

async function sendPieces(socket: net.Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => socket.write(piece, 'latin1', () => setImmediate(resolve)));
  }
}
