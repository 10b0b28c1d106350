/** CRC-32C (Castagnoli, reflected): https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const CASTAGNOLI = 0x82f63b78;

/** CRC-64/NVME, reflected: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-64-nvme */
const NVME_HIGH = 0x9a6c9329;
const NVME_LOW = 0xac4bc9b5;

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CASTAGNOLI : value >>> 1;
  return value;
});

const NVME_TABLE = nvmeTable();

/** Continues from `previous`, the CRC of the bytes before; 0 at the beginning. */
export function crc32c(chunk: Uint8Array, previous: number): number {
  let value = ~previous;
  for (const byte of chunk) value = (value >>> 8) ^ at(CRC32C_TABLE, (value ^ byte) & 0xff);
  return ~value >>> 0;
}

/** Continues from `previous`, the CRC of the bytes before; 0n at the beginning. Two 32-bit halves: fast enough. */
export function crc64nvme(chunk: Uint8Array, previous: bigint): bigint {
  let high = ~Number(previous >> 32n);
  let low = ~Number(previous & 0xffffffffn);
  for (const byte of chunk) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ at(NVME_TABLE.low, index);
    high = (high >>> 8) ^ at(NVME_TABLE.high, index);
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
}

function nvmeTable(): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let upper = 0;
    let lower = byte;
    for (let bit = 0; bit < 8; bit++) {
      const odd = lower & 1;
      lower = (lower >>> 1) | (upper << 31);
      upper >>>= 1;
      if (odd) {
        lower ^= NVME_LOW;
        upper ^= NVME_HIGH;
      }
    }
    high[byte] = upper;
    low[byte] = lower;
  }
  return { high, low };
}

function at(table: Uint32Array, index: number): number {
  return table[index] ?? 0;
}
