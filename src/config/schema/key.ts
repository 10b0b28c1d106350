import { z } from 'zod';
import { KEY_FORMATS } from '../../keys/format.ts';
import { choice, text } from './scalars.ts';

export const KeyIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

export const KeySchema = z.strictObject({
  file: text('Key file.'),
  format: choice(
    KEY_FORMATS,
    'How the file holds the key; without it only a file of exactly 32 bytes is taken, as raw. ' +
      'velero takes the first 32 bytes of any file.',
  ).optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-fA-F]{32}$/, { error: 'must be the 32 hex digits that keygen prints' })
    .optional()
    .describe('Fingerprint that the key must have, 32 hex digits.'),
  writesFrom: z.iso
    .datetime({ offset: true, error: 'must be a time with its offset, as in 2026-12-01T00:00:00Z' })
    .optional()
    .describe(
      'From when on the key writes, as in 2026-12-01T00:00:00Z; it reads at once. Replicas that get it apart then agree.',
    ),
});
