import { z } from 'zod';
import { KEY_FORMATS } from '../../keys/format.ts';
import { choice, duration, envName, text } from './scalars.ts';
import { VaultKeySchema } from './vault.ts';

/** Ids of keys, vaults and upstreams. */
export const IdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** Where a key is: exactly one of them, which is checked elsewhere. */
export const KEY_SOURCES = {
  file: text('The key is a file.').optional(),
  directory: z
    .strictObject({
      path: text('The directory.'),
      name: z
        .string()
        .regex(/^(?!\.\.)[A-Za-z0-9._-]{1,253}$/, { error: 'must be the name of a file, without a path' })
        .describe('Name of the file in it.'),
    })
    .optional()
    .describe('The key is a file in a mounted Secret; all keys of one directory are of one version of it.'),
  env: envName('The key is in an environment variable: its name.').optional(),
  exec: z
    .strictObject({
      command: z
        .array(text('Program or argument.'))
        .min(1, { error: 'must name a program' })
        .describe('Program and arguments, run without a shell. A program with a "/" is a path.'),
      timeout: duration('When the command is killed.', '10s'),
      environment: z
        .array(envName('Name of a variable.'))
        .default([])
        .describe('Names of the environment variables that the command sees, beside PATH.'),
    })
    .optional()
    .describe('The key is what a command prints.'),
  vault: VaultKeySchema.optional().describe('The key is in a vault.'),
} as const;

export const KeySchema = z.strictObject({
  ...KEY_SOURCES,
  format: choice(
    KEY_FORMATS,
    'How the 32 bytes are held; without it only exactly 32 bytes are taken, as raw. ' +
      'velero takes the first 32 bytes of whatever there is.',
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
