const [QUOTE, BACKSLASH, ZERO, POINT] = [34, 92, 48, 46];
const [SPACE, DELETE] = [32, 127];

/** Numbers up to here are written digit by digit. */
const MOST = 1e9;

/**
 * A line that is made as bytes, in a buffer that the next line has again: to make it allocates nothing. As a string it would
 * be joined of dozens, copied into one, and then made into bytes all the same.
 */
export class LineBytes {
  #bytes: Buffer = Buffer.allocUnsafeSlow(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The next line begins. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** Text in ASCII, as it is. */
  ascii(text: string): this {
    const bytes = this.#roomFor(text.length);
    let to = this.#length;
    for (let at = 0; at < text.length; at += 1) bytes[to++] = text.charCodeAt(at);
    this.#length = to;
    return this;
  }

  /** Text as JSON has it, in its quotation marks. */
  json(text: string): this {
    const bytes = this.#roomFor(text.length + 2);
    let to = this.#length;
    bytes[to++] = QUOTE;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < SPACE || code >= DELETE || code === QUOTE || code === BACKSLASH) return this.#escaped(text);
      bytes[to++] = code;
    }
    bytes[to++] = QUOTE;
    this.#length = to;
    return this;
  }

  /** A number as JavaScript writes it. */
  number(value: number): this {
    const tenths = Math.round(value * 10);
    // Most are whole, or have one digit behind the point. Whatever is not exactly that is written by JavaScript itself.
    if (!(tenths >= 0 && tenths < MOST && tenths / 10 === value) || Object.is(value, -0))
      return this.ascii(String(value));
    const whole = Math.floor(tenths / 10);
    this.#digits(whole);
    const rest = tenths - whole * 10;
    if (rest > 0) {
      const bytes = this.#roomFor(2);
      bytes[this.#length++] = POINT;
      bytes[this.#length++] = ZERO + rest;
    }
    return this;
  }

  /** A whole number below 1000, in three digits. */
  thousandth(value: number): this {
    const bytes = this.#roomFor(3);
    bytes[this.#length++] = ZERO + Math.floor(value / 100);
    bytes[this.#length++] = ZERO + (Math.floor(value / 10) % 10);
    bytes[this.#length++] = ZERO + (value % 10);
    return this;
  }

  /** Puts it into another buffer, which has room for all of it. */
  copyTo(target: Buffer, at: number): void {
    this.#bytes.copy(target, at, 0, this.#length);
  }

  toString(): string {
    return this.#bytes.toString('utf8', 0, this.#length);
  }

  #escaped(text: string): this {
    const json = JSON.stringify(text);
    const bytes = this.#roomFor(Buffer.byteLength(json));
    this.#length += bytes.write(json, this.#length);
    return this;
  }

  #digits(whole: number): void {
    let digits = 1;
    for (let power = 10; power <= whole; power *= 10) digits += 1;
    const bytes = this.#roomFor(digits);
    let left = whole;
    for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
      bytes[at] = ZERO + (left % 10);
      left = Math.floor(left / 10);
    }
    this.#length += digits;
  }

  #roomFor(count: number): Buffer {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
