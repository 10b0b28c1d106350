import { KEY_FORMATS } from '../../keys/format.ts';
import * as z from '../zod.ts';
import { choice, duration, envName, text } from './scalars.ts';
import { vaultKeySchema } from './vault.ts';

/** Ids of keys, vaults and upstreams. */
export const idSchema = () => z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** The sources of a key. Exactly one must be present, which is checked elsewhere. */
export const keyFields = () =>
  ({
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
      .describe(
        'The key is a file in a mounted Secret; all keys from one directory come from one version of it.',
      ),
    env: envName('Name of the environment variable that holds the key.').optional(),
    exec: z
      .strictObject({
        command: z
          .array(text('Program or argument.'))
          .min(1, { error: 'must name a program' })
          .describe('Program and arguments, run without a shell. A program name with a "/" is a path.'),
        timeout: duration('Time after which the command is killed.', '10s'),
        environment: z
          .array(envName('Name of a variable.'))
          .default([])
          .describe('Names of the environment variables that the command sees in addition to PATH.'),
      })
      .optional()
      .describe('The key is the output of a command.'),
    vault: vaultKeySchema().optional().describe('The key is in a vault.'),
  }) as const;

export const keySchema = () =>
  z.strictObject({
    ...keyFields(),
    format: choice(
      KEY_FORMATS,
      'Encoding of the 32 bytes; by default raw, exactly 32 bytes. ' +
        'velero takes the first 32 bytes of a longer file.',
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
        'When the key starts to write, as in 2026-12-01T00:00:00Z; it reads at once. So replicas agree even if they get the key at different times.',
      ),
  });
