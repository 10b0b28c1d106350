import { randomBytes } from 'node:crypto';

/**
 * How long TLS session tickets are sealed with the same keys, in milliseconds. Who learns the keys can read what was
 * said on resumed connections meanwhile. OpenSSL has a ticket live for two hours; one of older keys costs its
 * client a full handshake.
 */
const TURN_MS = 60 * 60 * 1000;

/** Of a name, an AES key and an HMAC key, as OpenSSL takes them. */
const TICKET_KEY_BYTES = 48;

/** Makes new keys for session tickets at once and then every hour, until the returned function is called. */
export function turnTicketKeys(use: (keys: Buffer) => void, every: number = TURN_MS): () => void {
  use(randomBytes(TICKET_KEY_BYTES));
  const timer = setInterval(() => use(randomBytes(TICKET_KEY_BYTES)), every).unref();
  return () => clearInterval(timer);
}
