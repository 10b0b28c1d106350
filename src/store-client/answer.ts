import { Gathered } from '../gathered.ts';
import type { SseKey } from '../keys/key.ts';
import { parseStoreError, readErrorText } from '../response/store-error.ts';
import { type DocumentElement, readLargeDocument, rootOf } from '../s3/document.ts';
import type { StoreResponse } from '../upstream/response.ts';
import type { StoreClient, StoreRequest } from './client.ts';

/** An error response of the store. The message has no secrets and is never empty. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly status: number;
  /** The code of the error document; without a document, `HTTP 403` and the like. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** For an error document, in milliseconds. */
const MOST_READING_MS = 60_000;

/** The failure in a response. `ssecKeys`: the keys in the request, which must not come back in a text. */
export async function failureOf(
  response: StoreResponse,
  ssecKeys: Iterable<SseKey> = [],
): Promise<StoreFailure> {
  const status = response.statusCode ?? 0;
  const { text } = await readErrorText(response, MOST_READING_MS);
  const error = parseStoreError(text, [...ssecKeys]);
  if (error) return new StoreFailure(status, error.code, error.message);
  return new StoreFailure(status, `HTTP ${status}`, `The store answered with status ${status}.`);
}

/**
 * Sends a request and reads the document of its response, of at most `most` bytes. Resolves to the document's root, which
 * must be one of `roots`.
 * @throws StoreFailure, UpstreamError
 */
export async function askDocument<Root extends string>(
  client: StoreClient,
  request: StoreRequest,
  { roots, most }: { readonly roots: readonly [Root, ...Root[]]; readonly most: number },
): Promise<{ readonly root: Root; readonly document: DocumentElement }> {
  const response = await client.send(request);
  const status = response.statusCode ?? 0;
  if (status !== 200) throw await failureOf(response);
  const xml = await readText(response, most);
  const name = rootOf(xml);
  const root = roots.find((one) => one === name);
  if (root !== undefined) return { root, document: await parsed(xml, root) };
  throw new StoreFailure(status, 'UnknownDocument', `The answer is no ${roots.join(' or ')}.`);
}

async function parsed(xml: string, root: string): Promise<DocumentElement> {
  try {
    return await readLargeDocument(xml, root);
  } catch {
    throw new StoreFailure(200, 'MalformedXML', `The store's ${root} cannot be read.`);
  }
}

async function readText(response: StoreResponse, most: number): Promise<string> {
  const text = new Gathered();
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (text.size + chunk.byteLength > most)
      throw new StoreFailure(200, 'TooLarge', `The answer is larger than ${most} bytes.`);
    text.add(chunk);
  }
  return text.bytes().toString('utf8');
}
