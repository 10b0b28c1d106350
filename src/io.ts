/** Where a command writes and reads. */
export interface Io {
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Opens what comes in; nothing does without it. */
  readonly stdin?: () => AsyncIterable<Uint8Array>;
}

export interface Writer {
  write(text: string): unknown;
  /** Does a person look at it? */
  readonly isTTY?: boolean;
  /** Of a terminal, in characters. */
  readonly columns?: number;
}
