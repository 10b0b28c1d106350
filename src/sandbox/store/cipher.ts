import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Transform } from 'node:stream';
import type { Seal } from './model.ts';

/** AES works on blocks of 16 bytes; the CTR counter has the same size. */
const BLOCK = 16;

/** A fresh initial counter block, as hex. */
export function newIv(): string {
  return randomBytes(BLOCK).toString('hex');
}

/** Encrypts a whole file from its first byte. */
export function encrypting(ssecKey: Uint8Array, iv: string): Transform {
  return createCipheriv('aes-256-ctr', ssecKey, Buffer.from(iv, 'hex'));
}

/**
 * Decrypts a file from the block that contains byte `offset`. The caller reads the ciphertext from
 * `blockStart(offset)` and drops the first `offset - blockStart(offset)` bytes.
 */
export function decryptingFrom(ssecKey: Uint8Array, iv: string, offset: number): Transform {
  return createDecipheriv('aes-256-ctr', ssecKey, counterAt(iv, offset));
}

export function blockStart(offset: number): number {
  return offset - (offset % BLOCK);
}

export function sealWith(ssecKey: Uint8Array): Seal {
  const salt = randomBytes(BLOCK);
  return { salt: salt.toString('hex'), check: checkOf(ssecKey, salt).toString('hex') };
}

export function opens(seal: Seal, ssecKey: Uint8Array): boolean {
  const expected = Buffer.from(seal.check, 'hex');
  return timingSafeEqual(expected, checkOf(ssecKey, Buffer.from(seal.salt, 'hex')));
}

function checkOf(ssecKey: Uint8Array, salt: Uint8Array): Buffer {
  return createHmac('sha256', ssecKey).update(salt).digest();
}

/** CTR counts blocks as one 128-bit big-endian number that wraps around. */
function counterAt(iv: string, offset: number): Buffer {
  const counter = (BigInt(`0x${iv}`) + BigInt(Math.floor(offset / BLOCK))) % (1n << 128n);
  return Buffer.from(counter.toString(16).padStart(BLOCK * 2, '0'), 'hex');
}
