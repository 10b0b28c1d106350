import type { ServerResponse } from 'node:http';
import { lettingGo } from '../../upstream/let-go.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import { clientLeft, UpstreamError } from '../../upstream/upstream-error.ts';

/**
 * Writes the body of the store's answer to the client as fast as both of them go, and leaves the client's side open.
 * @returns undefined when all of it was there, and is written
 * @param bytes how many there have to be, where the length of the stream does not say it
 * @param begin called before the first byte, or when there is none: until then another answer can still take its place
 * @throws what broke the answer off: then the client must not see an end; an error when the client left
 */
export function pour(
  response: StoreResponse,
  client: ServerResponse,
  begin: () => void,
  bytes?: number,
): Promise<void> | undefined {
  if (isThere(response, bytes) && !client.destroyed) {
    const body = response.readableLength > 0 ? (response.read() as Buffer) : undefined;
    begin();
    if (body) lettingGo(client, response, body.byteLength).write(body);
    return undefined;
  }
  return flow(response, client, begin, bytes);
}

/**
 * A small body mostly comes with its head: nobody has to listen for it. The answer to a HEAD may have been let go of already:
 * there was nothing to read.
 */
function isThere(response: StoreResponse, bytes: number | undefined): boolean {
  if (!response.complete || (bytes !== undefined && bytes !== response.readableLength)) return false;
  return response.readableEnded || !response.destroyed;
}

function flow(
  response: StoreResponse,
  client: ServerResponse,
  begin: () => void,
  bytes: number | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sink = lettingGo(client, response);
    let begun = false;
    let poured = 0;
    const done = (error?: Error): void => {
      response.off('data', take).off('end', ended).off('error', done).off('close', closed);
      client.off('drain', resume).off('close', left);
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
      if (!sink.write(piece)) response.pause();
    };
    const resume = (): void => void response.resume();
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
    client.on('drain', resume).once('close', left);
  });
}

function brokenOff(): UpstreamError {
  return new UpstreamError('reset', 'the answer of the store broke off');
}
