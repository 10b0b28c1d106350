import type { Bench } from './bench.ts';
import type { ActionId, Scheme } from './cell.ts';
import type { Package } from './install.ts';

/** Where a client finds the proxy, and as whom. */
export interface Target {
  readonly scheme: Scheme;
  /** `https://localhost:port`. */
  readonly endpoint: string;
  /** `localhost:port`. */
  readonly authority: string;
  readonly caFile: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** The client's own, for its settings. */
  readonly folder: string;
  /** The installed program, or what runs it. */
  readonly program: string;
  /** Those of what it needs besides, in that order. */
  readonly needed: readonly string[];
}

/** `absent`: the store has no such thing, which the client was told. */
export type Done = void | 'absent';

export type Deeds = Partial<Record<ActionId, (bench: Bench) => Promise<Done>>>;

/** Takes what is to be done once the series has ended, however it did: a program that is still running is to go. */
export type AtEnd = (release: () => Promise<void>) => void;

/** A client of the matrix, as it is installed and asked. */
export interface Client {
  readonly id: string;
  readonly title: string;
  /** Whose requests it sends; S3 by default. */
  readonly dialect?: 'obs';
  readonly from: Package;
  /** Those that it can speak; default both. */
  readonly schemes?: readonly Scheme[];
  /** What else it takes to try it. */
  readonly needs?: readonly Package[];
  /** Is it installed in seconds and tried in seconds? */
  readonly quick: boolean;
  /** What it does without setting anything but endpoint, credentials and authority. Retries are off. */
  readonly deeds: (target: Target, atEnd: AtEnd) => Deeds | Promise<Deeds>;
}
