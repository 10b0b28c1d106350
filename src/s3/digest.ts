/** A hash or checksum of bytes that come piece by piece. */
export interface Digest {
  update(chunk: Uint8Array): unknown;
  digest(): Buffer;
}
