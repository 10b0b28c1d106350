import type { CommandSpec } from '../command.ts';
import type { KeygenAsked } from '../keygen.ts';
import { FILE, TEXT } from '../values.ts';

export const KEYGEN: CommandSpec<KeygenAsked> = {
  name: 'keygen',
  summary: 'make an SSE-C key',
  description:
    'Writes a new SSE-C key (32 random bytes, raw) to a new file that only its owner can read, and prints the config for it. Keep a copy of the file: without it nobody, the store included, can read what was written with the key.',
  arguments: [{ name: 'file', description: 'the file, which must not exist', value: FILE }],
  options: [
    {
      flag: '--id',
      description: 'the name of the key in the config; by default that of the file',
      value: { ...TEXT, name: 'name' },
    },
    {
      flag: '--escrow',
      description:
        'also write the key to FILE.age, encrypted to an age recipient (age1…); given again, each of several can decrypt it alone. Keep FILE.age apart from FILE',
      value: { ...TEXT, name: 'recipient' },
      many: true,
    },
  ],
  examples: [
    { does: 'make a key', line: 'ssec-proxy keygen keys/backups-2026' },
    {
      does: 'with a copy for an age recipient',
      line: 'ssec-proxy keygen keys/backups-2026 --escrow age1RECIPIENT',
    },
  ],
  exitCodes: { 0: 'it was written', 1: 'it could not be written', 2: 'wrong command line' },
  action: async () => (await import('../keygen.ts')).keygen,
};
