/** What is known of a log that may not be written. */
export interface LogHealth {
  /** Lines that were dropped since the start. */
  dropped(): number;
  /** Bytes that wait to be written. */
  waiting(): number;
  /** How many may wait. */
  capacity(): number;
  /** What is wrong at the moment; undefined when nothing is. */
  trouble(): string | undefined;
  /** The same in parts. */
  wrong(): LogFault | undefined;
}

/** Why a log can't be written. */
export interface LogFault {
  readonly cause: string;
  /** Lines that were dropped by it, so far. */
  readonly lost: number;
}
