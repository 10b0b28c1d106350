import type { CommandSpec } from '../command.ts';
import type { DoctorAsked } from '../doctor.ts';
import { choice } from '../values.ts';
import { CONFIG } from './config-argument.ts';

/** Those of doctor/sequences, which is loaded only when it is needed; a test holds the two together. */
const CLIENTS = ['cnpg', 'loki', 'obs', 'registry', 'restic', 'velero'];

export const DOCTOR: CommandSpec<DoctorAsked> = {
  name: 'doctor',
  summary: 'look at the stores and the rules, print what is wrong and how to fix it',
  description:
    "Looks at every store and every rule of the config: the connection and its certificates, the clock, credentials and region; the bucket and what it blocks; lists; and with probes below each rule's prefix, which are removed again, whether the store encrypts, what it answers to no key and to a wrong one, copies, uploads in parts, framings and hashes of bodies. Prints what was found, what it means and how to fix it, and which provider fits the store.",
  arguments: [CONFIG],
  options: [
    { flag: '--read-only', description: 'write nothing to the store' },
    { flag: '--json', description: 'print one JSON document' },
    {
      flag: '--as',
      description: 'also do what this client does, through a proxy of this config on loopback',
      value: { ...choice(CLIENTS), name: 'client' },
      conflicts: '--read-only',
    },
  ],
  examples: [
    { does: 'look at everything', line: 'ssec-proxy doctor config.yaml' },
    { does: 'write nothing', line: 'ssec-proxy doctor config.yaml --read-only' },
    { does: 'also back up and restore as Velero does', line: 'ssec-proxy doctor config.yaml --as velero' },
  ],
  exitCodes: {
    0: 'nothing stops work',
    1: 'something stops work',
    2: 'wrong command line',
    3: "the config can't be used",
  },
  needs: 'the stores with their credentials, and the keys; with --as, the clients with their secrets',
  connects: true,
  action: async () => (await import('../doctor.ts')).doctor,
};
