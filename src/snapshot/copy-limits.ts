/** The limits of a copy through the proxy. Times in milliseconds, sizes in bytes. */
export interface CopyLimits {
  /** After this time the client gets its 200, and white space that keeps the connection alive. */
  readonly silence: number;
  /** The interval between pieces of white space. */
  readonly every: number;
  /** A larger object is written in parts. */
  readonly largestPut: number;
  /** The size of a part, except for objects that would have too many parts. */
  readonly partSize: number;
}

const MIB = 1024 * 1024;

/** "You can create a copy of your object up to 5 GB in size in a single atomic action": the same limit as for PutObject. */
export const COPY_LIMITS: CopyLimits = {
  silence: 5000,
  every: 5000,
  largestPut: 5 * 1024 * MIB,
  partSize: 512 * MIB,
};
