import type { ServerResponse } from 'node:http';
import { freesPieces, letGo } from '../../upstream/let-go.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import { ClientWait } from '../../upstream/slow-clients.ts';
import { clientLeft, UpstreamError } from '../../upstream/upstream-error.ts';

/** A larger body is poured, in bytes: all of it would wait for a slow client. */
const WHOLE_BYTES = 64 * 1024;

/**
 * The body of the store's answer, where it is small and all of it is there: mostly it comes with its head, and nobody has to
 * listen for it. The answer to a HEAD may have been let go of already: there was nothing to read.
 * @param bytes how many there have to be, where the length of the stream does not say it
 */
export function wholeBody(response: StoreResponse, bytes: number | undefined): Buffer | undefined {
  const whole = bytes === undefined ? response.takeWhole?.() : undefined;
  if (whole) return whole;
  const { readableLength, readableEnded } = response;
  if (!response.complete || (response.destroyed && !readableEnded)) return undefined;
  if (readableLength > WHOLE_BYTES || (bytes !== undefined && bytes !== readableLength)) return undefined;
  // Node gives one piece at a time, however many there are, and a stream ends by being read without a length alone.
  const piece = (response.read() as Buffer | null) ?? NOTHING;
  if (piece.byteLength === readableLength) return piece;
  const pieces = [piece];
  while (response.readableLength > 0) pieces.push(response.read() as Buffer);
  return Buffer.concat(pieces);
}

const NOTHING = Buffer.of();

interface Poured {
  /** How many there have to be, where the length of the stream does not say it. */
  readonly bytes?: number | undefined;
  /** Gets how many were written, however it ends. */
  readonly count?: { bytesOut?: number | undefined };
}

/**
 * Writes the body of the store's answer to the client as fast as both of them go, and leaves the client's side open.
 * @param begin called before the first byte, or when there is none: until then another answer can still take its place
 * @throws what broke the answer off: then the client must not see an end; an error when the client left
 */
export function pour(
  response: StoreResponse,
  client: ServerResponse,
  begin: () => void,
  { bytes, count }: Poured = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const frees = freesPieces(response);
    let begun = false;
    let over = false;
    let poured = 0;
    /** Pieces that the system has not taken. */
    let waiting = 0;
    const wait = new ClientWait();
    const done = (error?: Error): void => {
      over = true;
      wait.end();
      response.off('data', take).off('end', ended).off('error', done).off('close', closed);
      client.off('close', left);
      if (count) count.bytesOut = poured;
      if (error === undefined) resolve();
      else reject(UpstreamError.from(error));
    };
    const beginOnce = (): void => {
      if (!begun) begin();
      begun = true;
    };
    const take = (piece: Buffer): void => {
      beginOnce();
      poured += piece.byteLength;
      waiting += 1;
      const room = client.write(piece, (error) => {
        // A piece that was not written may still be queued below, and is left alone.
        if (!error && frees) letGo(piece);
        waiting -= 1;
        if (waiting > 0 || over || !response.isPaused()) return;
        wait.end();
        response.resume();
      });
      if (waiting === 0 || (room && !response.oneByOne)) return;
      response.pause();
      wait.begin();
    };
    const ended = (): void => {
      // The stream also ends when its connection was taken away from it.
      if (!response.complete || (bytes !== undefined && poured !== bytes)) {
        done(brokenOff());
        return;
      }
      beginOnce();
      done();
    };
    const closed = (): void => done(brokenOff());
    const left = (): void => done(clientLeft());
    if (response.destroyed || response.readableEnded || client.destroyed) {
      reject(response.errored ?? (client.destroyed ? clientLeft() : brokenOff()));
      return;
    }
    response.on('data', take).once('end', ended).once('error', done).once('close', closed);
    client.once('close', left);
  });
}

function brokenOff(): UpstreamError {
  return new UpstreamError('reset', 'the answer of the store broke off');
}
