import type { StoreResponse } from '../upstream/response.ts';
import { rootIn } from './root-name.ts';
import { within } from './within.ts';

/** Longer than any declaration and comment that a store puts before its root element, in bytes. */
const LONGEST_BEGINNING = 2048;

/**
 * The root element of the document that comes, in lower case; undefined when none comes, or something else. What was read
 * is put back, so that the answer can be read as if nobody had looked.
 * @param limit in milliseconds
 * @throws S3Error ServiceUnavailable when the answer breaks off
 */
export function beginningOf(response: StoreResponse, limit: number): Promise<string | undefined> {
  return within(response, { limit }, () => lookInto(response));
}

function lookInto(response: StoreResponse): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let head = '';
    const end = (): void => {
      response.off('readable', look).off('end', none).off('close', none).off('error', failed);
    };
    const none = (): void => {
      end();
      resolve(undefined);
    };
    const failed = (error: Error): void => {
      end();
      reject(error);
    };
    const look = (): void => {
      for (let piece: Buffer | null = response.read(); piece !== null; piece = response.read()) {
        pieces.push(piece);
        head += piece.toString('latin1', 0, LONGEST_BEGINNING - head.length);
        const root = rootIn(head);
        const last = response.complete && response.readableLength === 0;
        if (root.kind === 'more' && head.length < LONGEST_BEGINNING && !last) continue;
        // In the turn in which the last piece was taken: afterwards the stream may have ended.
        response.unshift(pieces.length === 1 ? piece : Buffer.concat(pieces));
        end();
        resolve(root.kind === 'named' ? root.name : undefined);
        return;
      }
    };
    // What ended it may have come before anybody listened.
    if (response.destroyed && !response.readableEnded) {
      reject(response.errored ?? new Error('the answer of the store broke off'));
      return;
    }
    response.on('readable', look).once('end', none).once('close', none).once('error', failed);
    look();
  });
}
