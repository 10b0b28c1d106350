import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** What a manifest says of a blob. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const OCI = 'application/vnd.oci.image';
const MANIFEST = `${OCI}.manifest.v1+json`;
const LAYER = `${OCI}.layer.v1.tar`;

/**
 * A repository as a container client asks a registry for it.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class Repository {
  readonly #base: string;

  /** `url` is the registry's. */
  constructor(url: string, name: string) {
    this.#base = `${url}/v2/${name}`;
  }

  /** The whole in the request that ends the upload. */
  async pushWhole(bytes: Uint8Array): Promise<Descriptor> {
    return await this.#finish(await this.#begin(), descriptorOf(bytes), bytes);
  }

  /** In requests of `size` bytes, each of which continues the upload. */
  async pushChunks(bytes: Uint8Array, size: number): Promise<Descriptor> {
    let location = await this.#begin();
    for (let start = 0; start < bytes.length; start += size) {
      const chunk = bytes.subarray(start, start + size);
      const range = `${start}-${start + chunk.length - 1}`;
      location = await this.#continue(location, chunk, { 'content-range': range });
    }
    return await this.#finish(location, descriptorOf(bytes));
  }

  /** In one request of unknown length, as container engines do. */
  async pushStream(bytes: Uint8Array): Promise<Descriptor> {
    const stream = Readable.toWeb(Readable.from(slices(bytes))) as ReadableStream;
    const location = await this.#continue(await this.#begin(), stream, {});
    return await this.#finish(location, descriptorOf(bytes));
  }

  /** Says false where the other repository's blob is not taken over. */
  async mount({ digest }: Descriptor, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const { status } = await ask('POST', `${this.#base}/blobs/uploads/?${query.toString()}`, [201, 202]);
    return status === 201;
  }

  async pushManifest(tag: string, config: Descriptor, layers: readonly Descriptor[]): Promise<Descriptor> {
    const text = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers });
    const headers = { 'content-type': MANIFEST };
    await ask('PUT', `${this.#base}/manifests/${tag}`, [201], { headers, body: Buffer.from(text) });
    return { ...descriptorOf(Buffer.from(text)), mediaType: MANIFEST };
  }

  /** By tag or digest. */
  async pullManifest(reference: string): Promise<Buffer> {
    const headers = { accept: MANIFEST };
    return await bytesOf(await ask('GET', `${this.#base}/manifests/${reference}`, [200], { headers }));
  }

  async pull({ digest }: Descriptor): Promise<Buffer> {
    return await bytesOf(await ask('GET', `${this.#base}/blobs/${digest}`, [200]));
  }

  /** Both ends belong to the range. */
  async pullRange({ digest }: Descriptor, first: number, last: number): Promise<Buffer> {
    const headers = { range: `bytes=${first}-${last}` };
    return await bytesOf(await ask('GET', `${this.#base}/blobs/${digest}`, [206], { headers }));
  }

  /** Undefined where the repository has no such blob. */
  async size({ digest }: Descriptor): Promise<number | undefined> {
    const { status, headers } = await ask('HEAD', `${this.#base}/blobs/${digest}`, [200, 404]);
    return status === 200 ? Number(headers.get('content-length')) : undefined;
  }

  /** Where the registry sends who wants the blob. */
  async link(method: 'GET' | 'HEAD', { digest }: Descriptor): Promise<string> {
    const { headers } = await ask(method, `${this.#base}/blobs/${digest}`, [307]);
    return headers.get('location') ?? '';
  }

  async tags(): Promise<readonly string[]> {
    const answer = await ask('GET', `${this.#base}/tags/list`, [200]);
    return ((await answer.json()) as { tags: string[] }).tags;
  }

  async remove(kind: 'blobs' | 'manifests', { digest }: Descriptor): Promise<void> {
    await ask('DELETE', `${this.#base}/${kind}/${digest}`, [202]);
  }

  async #begin(): Promise<string> {
    return locationOf(await ask('POST', `${this.#base}/blobs/uploads/`, [202]));
  }

  async #continue(
    location: string,
    body: Uint8Array | ReadableStream,
    more: Record<string, string>,
  ): Promise<string> {
    const headers = { 'content-type': 'application/octet-stream', ...more };
    return locationOf(await ask('PATCH', location, [202], { headers, body }));
  }

  async #finish(location: string, descriptor: Descriptor, body?: Uint8Array): Promise<Descriptor> {
    const url = new URL(location);
    url.searchParams.set('digest', descriptor.digest);
    const headers = { 'content-type': 'application/octet-stream' };
    await ask('PUT', url.href, [201], { headers, ...(body && { body }) });
    return descriptor;
  }
}

export async function catalog(url: string): Promise<readonly string[]> {
  const answer = await ask('GET', `${url}/v2/_catalog?n=100`, [200]);
  return ((await answer.json()) as { repositories: string[] }).repositories;
}

export function descriptorOf(bytes: Uint8Array): Descriptor {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { mediaType: LAYER, digest, size: bytes.length };
}

interface Asked {
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | ReadableStream;
}

/** Throws with what the registry says when it answers another status. */
async function ask(
  method: string,
  url: string,
  wanted: readonly number[],
  { headers = {}, body }: Asked = {},
): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body && { body: body as Buffer, duplex: 'half' }),
  });
  if (wanted.includes(answer.status)) return answer;
  const said = (await answer.text()).slice(0, 600);
  throw new Error(`${method} ${new URL(url).pathname} answers ${answer.status}: ${said}`);
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

function locationOf(answer: Response): string {
  return new URL(answer.headers.get('location') ?? '', answer.url).href;
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 64 << 10)
    yield bytes.subarray(start, start + (64 << 10));
}
