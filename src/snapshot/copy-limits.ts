/** How a copy through the proxy goes. Times in milliseconds, sizes in bytes. */
export interface CopyLimits {
  /** After this long the client gets its 200, and white space that keeps the connection. */
  readonly silence: number;
  /** How often there is more of it. */
  readonly every: number;
  /** What is larger is written in parts. */
  readonly largestPut: number;
  /** Of a part, but for objects that would have too many of them. */
  readonly partSize: number;
}

const MIB = 1024 * 1024;

/** "You can create a copy of your object up to 5 GB in size in a single atomic action": what a PutObject takes, too. */
export const COPY_LIMITS: CopyLimits = {
  silence: 5000,
  every: 5000,
  largestPut: 5 * 1024 * MIB,
  partSize: 512 * MIB,
};
