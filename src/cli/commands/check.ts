import type { CheckAsked } from '../check.ts';
import type { CommandSpec } from '../command.ts';
import { CONFIG } from './config-argument.ts';

export const CHECK: CommandSpec<CheckAsked> = {
  name: 'check',
  summary: 'print everything that is wrong with a config',
  description:
    'Reads the config and every file and environment variable that it names, and prints all that is wrong, a line each: where it is, what is wrong, and how to fix it. Errors are what cannot be right; some of them, such as a certificate that ends within hours, serve only logs as warnings. Then it asks each store for the time, with an unsigned HEAD, and compares the clocks.',
  arguments: [CONFIG],
  options: [
    {
      flag: '--offline',
      description: 'ask no store for the time and no vault for a key, and run no command for a key',
    },
    { flag: '--json', description: 'print one JSON document' },
  ],
  examples: [
    { does: 'check a config', line: 'ssec-proxy check config.yaml' },
    {
      does: 'check it where neither store nor vault can be reached',
      line: 'ssec-proxy check config.yaml --offline',
    },
    { does: 'check it in a pipeline', line: 'ssec-proxy check config.yaml --offline --json' },
  ],
  exitCodes: { 0: 'no errors; there may be warnings', 1: 'errors', 2: 'wrong command line' },
  connects: true,
  action: async () => (await import('../check.ts')).check,
};
