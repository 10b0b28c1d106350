import type { Socket } from 'node:net';
import type { Profiled } from '../admin/debug.ts';
import type { Figures } from '../admin/figures.ts';
import type { Troubles } from '../admin/health-routes.ts';
import type { SeenUpload } from '../multipart/encrypted-uploads.ts';
import type { Standing, ToldDoubt, Writes } from '../ssec/distrust.ts';
import type { Facts } from '../status/facts.ts';

/** What the master calls at a worker. What has an answer is asked; the others are told. */
export interface WorkerCalls {
  /** Serve this connection. The listener is named by its index in the config. */
  connection(of: { listener: number }, socket?: Socket): undefined;
  /** Load the config again, and use it at `commit`. */
  prepare(none: object): Promise<Prepared>;
  commit(none: object): Committed;
  /** Forget what was prepared. */
  abort(none: object): undefined;
  health(none: object): Troubles;
  figures(none: object): Promise<{ figures: Figures }>;
  profile(of: { seconds: number }): Promise<Profiled>;
  memory(none: object): Promise<object>;
  facts(none: object): { facts?: Facts | undefined };
  tickets(keys: TicketKeys): undefined;
  /** How a bucket stands from now on. */
  doubt(of: BucketDoubt): object;
  upload(seen: SeenUpload): undefined;
  /** Open the audit log again: its file was rotated. */
  reopen(none: object): undefined;
  drain(none: object): undefined;
}

/** What a worker calls at the master. */
export interface MasterCalls {
  begin(none: object): Promise<Begun>;
  /** The config is loaded. */
  loaded(what: Loaded): Opening;
  serving(none: object): undefined;
  /** A connection has arrived, or was lost on its way. */
  took(none: object): undefined;
  /** So many connections have ended. */
  closed(of: { count: number }): undefined;
  distrust(call: DistrustCall): Promise<DistrustAnswer>;
  upload(seen: SeenUpload): undefined;
  /** No more connections, please: it was told to end by a signal. */
  leaving(none: object): object;
  /** The last figures of a worker that ends. */
  farewell(last: { figures: Figures }): object;
}

export interface Begun {
  /** How many workers share the limits. */
  readonly count: number;
  /** For digests of configs, in base64. */
  readonly digestKey: string;
  /** The config, in base64, where it came from the master's standard input. */
  readonly config?: string | undefined;
}

interface Loaded {
  readonly digest: string;
}

export type Opening =
  | { readonly kind: 'refused'; readonly cause: string }
  | {
      readonly kind: 'open';
      readonly doubts: readonly BucketDoubt[];
      readonly uploads: readonly SeenUpload[];
      readonly tickets: TicketKeys;
    };

type Prepared =
  | { readonly kind: 'ready'; readonly digest: string; readonly warnings: string }
  | { readonly kind: 'failed'; readonly cause: string };

type Committed = { readonly kind: 'taken' } | { readonly kind: 'failed'; readonly cause: string };

/** 48 bytes in base64. */
export interface TicketKeys {
  readonly keys: string;
}

export interface BucketDoubt {
  readonly bucket: string;
  /** Absent when the bucket is trusted. */
  readonly doubt?: ToldDoubt | undefined;
}

/** The methods of `Trust` that change something. Times are milliseconds of the wall clock, which all processes share. */
export type DistrustCall = { readonly bucket: string } & (
  | { readonly does: 'add' | 'standing'; readonly writes: Writes; readonly now: number }
  | { readonly does: 'spare' | 'prove'; readonly writes: Writes }
  | { readonly does: 'claimProbe'; readonly now: number }
  | { readonly does: 'pass'; readonly claim: number }
);

export interface DistrustAnswer extends BucketDoubt {
  readonly result?: number | Standing | undefined;
}
