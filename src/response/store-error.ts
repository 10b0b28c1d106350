import type { Readable } from 'node:stream';
import { XMLParser } from 'fast-xml-parser';

/** More than any error document of a store; what is longer is not one. */
const MOST_BYTES = 64 * 1024;

/** What a store said went wrong. Its other elements stay behind: a CanonicalRequest would hold the SSE-C key. */
export interface StoreError {
  readonly code: string;
  /** Never empty. */
  readonly message: string;
}

const parser = new XMLParser({ parseTagValue: false, processEntities: true, ignoreAttributes: true });

/** Reads the store's error document, of at most 64 KiB; undefined when it is not one. */
export async function readStoreError(body: Readable): Promise<StoreError | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return parseStoreError(Buffer.concat(chunks).toString('utf8'));
}

export function parseStoreError(xml: string): StoreError | undefined {
  const document = parse(xml) as { Error?: { Code?: unknown; Message?: unknown } } | undefined;
  const code = document?.Error?.Code;
  if (typeof code !== 'string' || !/^[A-Za-z0-9]{1,64}$/.test(code)) return undefined;
  const message = document?.Error?.Message;
  return {
    code,
    message: typeof message === 'string' && message !== '' ? message : `The store answered ${code}.`,
  };
}

function parse(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    return undefined;
  }
}
