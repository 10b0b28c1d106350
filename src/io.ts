/** Where a command writes: the process itself has this shape. */
export interface Io {
  readonly stdout: Writer;
  readonly stderr: Writer;
}

export interface Writer {
  write(text: string): unknown;
  /** Does a person look at it? */
  readonly isTTY?: boolean;
  /** Of a terminal, in characters. */
  readonly columns?: number;
}
