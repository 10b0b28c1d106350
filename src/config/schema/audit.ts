import { isAbsolute } from 'node:path';
import * as z from '../zod.ts';
import { choice, size } from './scalars.ts';

const TO = 'must be stdout, or an absolute path such as /var/log/ssec-proxy/audit.log';

export const auditSchema = () =>
  z
    .strictObject({
      to: z
        .string({ error: TO })
        .refine((value) => value === 'stdout' || isAbsolute(value), { error: TO })
        .describe('Where it is written: a file, as an absolute path, which SIGUSR2 opens again; or stdout.'),
      onFailure: choice(
        ['refuse', 'serve'],
        'What happens while it cannot be written: requests are refused (503) before anything goes to a store, or they ' +
          'are served and what finds no room in the buffer is counted as missing.',
      ).default('refuse'),
      buffer: size('Bytes of lines that may wait to be written.', '1MiB', ['64KiB', '64MiB']),
    })
    .optional()
    .describe('The audit log: who did what, with which key. Without it there is none.');
