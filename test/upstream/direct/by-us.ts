import { AnswerReader } from '../../../src/upstream/direct/answer-reader.ts';
import type { StoreResponse } from '../../../src/upstream/response.ts';
import type { Read } from './by-node.ts';

export type OurRead = Read & {
  /** Bytes behind the answer. */
  readonly surplus: number;
  readonly keepAlive: boolean;
  readonly informed: number;
  /** Why an answer is not whole; empty when the connection ended. */
  readonly fault: string;
};

/** What the direct transport makes of the bytes of an answer, with an end of the connection behind them. */
export async function readByUs(method: string, pieces: readonly Buffer[]): Promise<OurRead> {
  let response: StoreResponse | undefined;
  let informed = 0;
  let why = '';
  let surplus = 0;
  const reports = {
    informed: () => {
      informed += 1;
    },
    answered: (one: StoreResponse) => {
      response = one;
    },
    progressed: () => undefined,
  };
  const reader = new AnswerReader(method, reports, { wanted: () => undefined, full: () => undefined });
  // The memory is used again, as that of a connection is.
  const shared = Buffer.alloc(1024 * 1024);
  try {
    for (const piece of pieces) {
      piece.copy(shared);
      const bytes = shared.subarray(0, piece.length);
      const used = reader.complete ? 0 : reader.feed(bytes);
      bytes.fill('#');
      surplus += piece.length - used;
    }
    reader.ended();
  } catch (error) {
    why = (error as Error).message;
  }
  const { keepAlive } = reader;
  if (response === undefined) return { kind: 'refused', why, surplus, keepAlive, informed, fault: why };
  // What was taken before a fault, or before the end of the connection.
  if (!response.complete) response.push(null);
  const body: Buffer[] = [];
  for await (const piece of response) body.push(piece as Buffer);
  const { statusCode = 0, rawHeaders, rawTrailers, complete } = response;
  const text = Buffer.concat(body).toString('latin1');
  const facts = { status: statusCode, rawHeaders, body: text, rawTrailers, complete };
  return { kind: 'answer', ...facts, surplus, keepAlive, informed, fault: why };
}
