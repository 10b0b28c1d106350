import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import aws4 from 'aws4';
import type { Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';

export const ACCESS = { accessKeyId: 'tester', secretAccessKey: 'not-a-real-secret' };
export const REGION = 'eu-central-1';

interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** `false` sends it unsigned. */
  readonly sign?: boolean;
}

export interface Fixture {
  readonly sandbox: Sandbox;
  readonly ca: string;
  readonly s3: S3Client;
  /** One request signed by aws4, for what the SDK would not send. */
  readonly raw: (request: RawRequest) => Promise<RawResponse>;
  /** All that lies on the disk, as one buffer per file. */
  readonly disk: () => Promise<Buffer[]>;
}

/** A sandbox with its own certificate and directory, gone when the test ends. */
export async function startFixture(
  t: Test,
  { plain = false, ...overrides }: { plain?: boolean } & Partial<SandboxOptions> = {},
): Promise<Fixture> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    ...(plain ? {} : { tls: { cert, key } }),
    directory,
    credentials: [{ accessKeyId: ACCESS.accessKeyId, secretAccessKey: new Secret(ACCESS.secretAccessKey) }],
    region: REGION,
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
    ...overrides,
  });
  const agent = new Agent({ ca, keepAlive: true });
  const s3 = new S3Client({
    endpoint: sandbox.url,
    region: REGION,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: ACCESS,
    ...(plain ? {} : { requestHandler: { httpsAgent: agent } }),
  });
  t.teardown(async () => {
    s3.destroy();
    agent.destroy();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    sandbox,
    ca,
    s3,
    raw: (request) => send(sandbox, ca, request),
    disk: () => filesUnder(directory),
  };
}

/** The three SSE-C headers of a random key, and the fields that the SDK takes. */
export function newKey(): {
  readonly bytes: Buffer;
  readonly sdk: { SSECustomerAlgorithm: 'AES256'; SSECustomerKey: string; SSECustomerKeyMD5: string };
  readonly copySource: {
    CopySourceSSECustomerAlgorithm: 'AES256';
    CopySourceSSECustomerKey: string;
    CopySourceSSECustomerKeyMD5: string;
  };
  readonly headers: Record<string, string>;
} {
  const bytes = randomBytes(32);
  const base64 = bytes.toString('base64');
  const md5 = createHash('md5').update(bytes).digest('base64');
  return {
    bytes,
    sdk: { SSECustomerAlgorithm: 'AES256', SSECustomerKey: base64, SSECustomerKeyMD5: md5 },
    copySource: {
      CopySourceSSECustomerAlgorithm: 'AES256',
      CopySourceSSECustomerKey: base64,
      CopySourceSSECustomerKeyMD5: md5,
    },
    headers: {
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      'x-amz-server-side-encryption-customer-key': base64,
      'x-amz-server-side-encryption-customer-key-md5': md5,
    },
  };
}

export function md5Hex(body: string | Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}

/** `name` and `$metadata.httpStatusCode` of an SDK call that must fail. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<{ name: string; status: number; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode ?? 0 };
  }
  throw new Error('the call succeeded');
}

async function send(
  sandbox: Sandbox,
  ca: string,
  { method, path, headers = {}, body, sign = true }: RawRequest,
): Promise<RawResponse> {
  const options = {
    method,
    host: '127.0.0.1',
    port: sandbox.port,
    path,
    headers: {
      host: `127.0.0.1:${sandbox.port}`,
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
    service: 's3',
    region: REGION,
    ca,
    agent: false as const,
  };
  if (sign) Object.assign(options.headers, signatureOf(options));
  const request = sandbox.url.startsWith('https') ? httpsRequest : httpRequest;
  return await new Promise<RawResponse>((resolve, reject) => {
    const outgoing = request(options as RequestOptions, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    // As bytes: with a text Node would send the headers in the text's encoding, UTF-8.
    outgoing.end(body === undefined ? undefined : Buffer.from(body));
  });
}

/** aws4 hashes texts as UTF-8, while header values here have one character a byte: it is shown them decoded. */
function signatureOf(options: { headers: Record<string, string> }): Record<string, unknown> {
  const decoded = Object.entries(options.headers).map(([name, value]) => [
    name,
    Buffer.from(value, 'latin1').toString(),
  ]);
  const signed = aws4.sign({ ...options, headers: Object.fromEntries(decoded) }, ACCESS);
  return { authorization: signed.headers?.Authorization, 'x-amz-date': signed.headers?.['X-Amz-Date'] };
}

async function filesUnder(directory: string): Promise<Buffer[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = await Promise.all(files.map((file) => contentOf(join(file.parentPath, file.name))));
  return read.filter((content) => content !== undefined);
}

/** Undefined when the file is gone since the folder was listed: the sandbox removes files while tests look. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
