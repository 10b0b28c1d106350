import type { StoreResponse } from '../upstream/response.ts';
import { rootIn } from './root-name.ts';
import { within } from './within.ts';

/** Longer than any declaration and comment that a store puts before its root element, in bytes. */
const LONGEST_BEGINNING = 2048;

/**
 * What the body of an answer begins with: the root element of a document, in lower case, or something else. `nothing`: it
 * has ended, and was empty but for white space, a declaration or comments.
 */
export type Beginning =
  | { readonly kind: 'document'; readonly root: string }
  | { readonly kind: 'nothing' | 'other' };

/**
 * Looks at the beginning of an answer. What was read of a document, or of something else, is put back, so that the answer
 * can be read as if nobody had looked.
 * @param limit in milliseconds
 * @throws S3Error ServiceUnavailable when the answer breaks off
 */
export function beginningOf(response: StoreResponse, limit: number): Promise<Beginning> {
  return within(response, { limit }, () => lookInto(response));
}

function lookInto(response: StoreResponse): Promise<Beginning> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let head = '';
    const end = (): void => {
      response.off('readable', look).off('end', ended).off('close', ended).off('error', failed);
    };
    const failed = (error: Error): void => {
      end();
      reject(error);
    };
    const ended = (): void => {
      if (!response.complete) {
        failed(brokenOff());
        return;
      }
      end();
      resolve({ kind: rootIn(head).kind === 'blank' ? 'nothing' : 'other' });
    };
    const look = (): void => {
      for (let piece: Buffer | null = response.read(); piece !== null; piece = response.read()) {
        pieces.push(piece);
        head += piece.toString('latin1', 0, LONGEST_BEGINNING - head.length);
        const root = rootIn(head);
        const last = response.complete && response.readableLength === 0;
        const fits = head.length < LONGEST_BEGINNING;
        if ((root.kind === 'blank' || (root.kind === 'more' && !last)) && fits) continue;
        // In the turn in which the last piece was taken: afterwards the stream may have ended.
        response.unshift(pieces.length === 1 ? piece : Buffer.concat(pieces));
        end();
        resolve(root.kind === 'named' ? { kind: 'document', root: root.name } : { kind: 'other' });
        return;
      }
    };
    // What ended it may have come before anybody listened.
    if (response.readableEnded) {
      ended();
      return;
    }
    if (response.destroyed) {
      reject(response.errored ?? brokenOff());
      return;
    }
    response.on('readable', look).once('end', ended).once('close', ended).once('error', failed);
    look();
  });
}

function brokenOff(): Error {
  return new Error('the answer of the store broke off');
}
