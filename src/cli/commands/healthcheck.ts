import type { CommandSpec } from '../command.ts';
import type { HealthcheckAsked } from '../healthcheck.ts';
import { CONFIG } from './config-argument.ts';

export const HEALTHCHECK: CommandSpec<HealthcheckAsked> = {
  name: 'healthcheck',
  summary: 'ask the proxy of a config on this machine whether it lives',
  description:
    'For containers, whose image has no other program that could ask: the HEALTHCHECK of the image. Reads of the config where the admin address is, and nothing else: no file that the config names. Asks /healthz there, over TLS where admin.tls is set, without a token, and waits for 5 seconds. With admin: off it connects to the first listener that has an address or a unix socket, which tells less. A config that was edited counts as it is on the disk, also where an edit waits for a restart.',
  arguments: [CONFIG],
  options: [{ flag: '--ready', description: 'ask /readyz: does the proxy want requests?' }],
  examples: [
    { does: 'does it live?', line: 'ssec-proxy healthcheck /etc/ssec-proxy/config.yaml' },
    { does: 'does it want requests?', line: 'ssec-proxy healthcheck /etc/ssec-proxy/config.yaml --ready' },
  ],
  exitCodes: { 0: 'yes', 1: 'no, or the config does not say where to ask', 2: 'wrong command line' },
  needs: 'the sections admin and listen',
  connects: true,
  action: async () => (await import('../healthcheck.ts')).healthcheck,
};
