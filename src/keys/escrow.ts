/** What is wrong with one of the recipients; the message has no secret. */
export class RecipientError extends Error {
  override readonly name = 'RecipientError';
}

/**
 * Encrypts an SSE-C key to age recipients (`age1…`), each of whom can decrypt it alone, as armored text that
 * `age --decrypt` reads: https://age-encryption.org/v1. The package is loaded on first use.
 *
 * @throws RecipientError for what is not a recipient
 */
export async function sealForEscrow(
  ssecKeyBytes: Uint8Array,
  recipients: readonly string[],
): Promise<string> {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      if (!/^age1[a-z0-9]+$/.test(recipient)) throw new Error('not in the form age1…');
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new RecipientError(`${nameOf(recipient)} is not an age recipient (age1…)`, { cause });
    }
  }
  return armor.encode(await encrypter.encrypt(ssecKeyBytes));
}

/** An identity given by mistake must not be printed. */
function nameOf(recipient: string): string {
  return /secret/i.test(recipient) ? 'a secret identity' : JSON.stringify(recipient.slice(0, 80));
}
