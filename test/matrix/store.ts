import type { ProviderName } from '../../src/s3/providers.ts';

interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A store of the matrix that is up. */
export interface RunningStore {
  /** `https://localhost:port`. */
  readonly endpoint: string;
  readonly caFile: string;
  /** Another endpoint, over HTTP, where it was asked for and the store can have one. */
  readonly plainEndpoint?: string;
  readonly region: string;
  readonly credentials: StoreCredentials;
  readonly version: string;
  /** Every marker anywhere in what the store keeps: disks or raw objects. Ends whatever writes to them before. */
  markers(): Promise<ReadonlySet<string>>;
  stop(): Promise<void>;
}

/** The certificate that a store serves with, as files; good for localhost and 127.0.0.1. */
export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A store of the matrix, as it is installed and started. */
export interface Store {
  readonly id: string;
  readonly title: string;
  /** The row of `s3/providers.ts` that the proxy is told. */
  readonly provider: ProviderName;
  /** What it speaks; S3 by default. */
  readonly dialect?: 'obs';
  /** Does it take an SSE-C key and encrypt? Where not, no rule encrypts, and what is checked is what does not hang on that. */
  readonly encrypts?: false;
  /** Puts it on this machine; throws where it can't. */
  install(cache: string): Promise<void>;
  /** `plain`: over HTTP too, with what it stores kept apart or not. */
  start(folder: string, tls: TlsFiles, cache: string, plain?: boolean): Promise<RunningStore>;
}
