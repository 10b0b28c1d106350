/** Type, version and length: RFC 8446, section 5.1. */
const HEADER_BYTES = 5;
/** Of what follows the header, at most: RFC 5246, section 6.2.3. What says that it is longer is read in parts, for OpenSSL to refuse. */
const BODY_BYTES = 16 * 1024 + 2048;
/** OpenSSL's input begins with 4 KiB, and grows by 16 when it is full. */
const PIECE_BYTES = 4095;

/** ChangeCipherSpec, alert, handshake and data: RFC 8446, section 5.1. */
const TYPES = [20, 21, 22, 23];
const MAJOR_VERSION = 3;

/** All read into it, one after the other: what was read is handed on before anybody else reads. */
const shared = Buffer.allocUnsafeSlow(HEADER_BYTES + BODY_BYTES + HEADER_BYTES);

/**
 * Cuts what comes over a connection with TLS into its records, so that no more is read than one of them. Who stops
 * reading when a record is handed on leaves nothing in memory but the header of the next one.
 */
export class RecordReader {
  readonly #header = new Uint8Array(HEADER_BYTES);
  /** Of the header of the next record, in bytes. */
  #known = 0;
  /** The header was handed on. */
  #begun = false;
  /** What is to come of the record, in bytes. */
  #left = 0;

  /** Where the next bytes go. */
  get buffer(): Buffer {
    if (this.#known < HEADER_BYTES) return shared.subarray(this.#known, HEADER_BYTES);
    return shared.subarray(HEADER_BYTES, HEADER_BYTES + Math.min(this.#left, BODY_BYTES) + HEADER_BYTES);
  }

  /**
   * @param count how many bytes came into `buffer`
   * @param handOn must be finished with the memory when it returns
   */
  take(count: number, handOn: (bytes: Buffer) => void): void {
    if (this.#known < HEADER_BYTES) this.#keep(this.#known, count);
    else this.#takeBody(count, handOn);
    if (this.#begun || this.#known < HEADER_BYTES || (this.#left > 0 && this.#beginsRecord())) return;
    // Nothing need follow that it could go with: OpenSSL ends the connection for what is no header.
    this.#begun = this.#left > 0;
    if (!this.#begun) this.#known = 0;
    shared.set(this.#header);
    handOn(shared.subarray(0, HEADER_BYTES));
  }

  #beginsRecord(): boolean {
    const [type = 0, version] = this.#header;
    return TYPES.includes(type) && version === MAJOR_VERSION;
  }

  #takeBody(count: number, handOn: (bytes: Buffer) => void): void {
    const begin = this.#begun ? HEADER_BYTES : 0;
    if (!this.#begun) shared.set(this.#header);
    const end = HEADER_BYTES + Math.min(count, this.#left);
    this.#left -= end - HEADER_BYTES;
    this.#begun = this.#left > 0;
    if (!this.#begun) {
      this.#known = 0;
      this.#keep(end, HEADER_BYTES + count - end);
    }
    for (let at = begin; at < end; at += PIECE_BYTES)
      handOn(shared.subarray(at, Math.min(end, at + PIECE_BYTES)));
  }

  /** Bytes of a header, which are at a place in `shared`. */
  #keep(at: number, count: number): void {
    for (let i = 0; i < count; i += 1) this.#header[this.#known + i] = shared[at + i] as number;
    this.#known += count;
    if (this.#known === HEADER_BYTES)
      this.#left = ((this.#header[3] as number) << 8) | (this.#header[4] as number);
  }
}
