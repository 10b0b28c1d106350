import type { CommandSpec } from '../command.ts';

export const DEMO: CommandSpec<object> = {
  name: 'demo',
  summary: 'run the proxy and a store of its own on this machine, to try it',
  description:
    'Runs the proxy before a store of its own, with new certificates, keys and credentials, until SIGTERM or SIGINT. Prints what was stored and read, and commands to paste. Nothing is kept.',
  arguments: [],
  options: [],
  examples: [{ does: 'try it', line: 'ssec-proxy demo' }],
  exitCodes: { 0: 'it was ended by a signal', 2: 'wrong command line' },
  connects: true,
  action: async () => (await import('../demo/run.ts')).demo,
};
