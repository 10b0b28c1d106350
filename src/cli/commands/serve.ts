import type { CommandSpec } from '../command.ts';
import type { ServeAsked } from '../serve.ts';
import { CONFIG } from './config-argument.ts';

export const SERVE: CommandSpec<ServeAsked> = {
  name: 'serve',
  summary: 'run the proxy',
  description:
    "Serves until SIGTERM or SIGINT, then finishes the requests that are running; a second signal ends it at once. A config with errors is not served. SIGHUP, or a change of a file that it reads, reloads the config without an interruption. A config from standard input can't be reloaded; the files that it names still can.",
  arguments: [CONFIG],
  options: [],
  examples: [
    { does: 'run the proxy', line: 'ssec-proxy serve /etc/ssec-proxy/config.yaml' },
    { does: 'a config that never lies on a disk', line: 'generate-config | ssec-proxy serve -' },
  ],
  exitCodes: {
    0: 'it was ended by a signal',
    1: "the config or an address can't be used",
    2: 'wrong command line',
    130: 'it was ended by a second signal',
  },
  connects: true,
  action: async () => (await import('../serve.ts')).serve,
};
