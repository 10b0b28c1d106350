import type { CommandSpec } from './command.ts';
import { CERT } from './commands/cert.ts';
import { CHECK } from './commands/check.ts';
import { COMPLETION } from './commands/completion.ts';
import { DEMO } from './commands/demo.ts';
import { DOCTOR } from './commands/doctor.ts';
import { EXPLAIN } from './commands/explain.ts';
import { HEALTHCHECK } from './commands/healthcheck.ts';
import { INJECT } from './commands/inject.ts';
import { KEYGEN } from './commands/keygen.ts';
import { RECOVER } from './commands/recover.ts';
import { SANDBOX } from './commands/sandbox.ts';
import { SERVE } from './commands/serve.ts';
import { VERIFY } from './commands/verify.ts';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly CommandSpec[] = [
  SERVE,
  CHECK,
  EXPLAIN,
  DOCTOR,
  VERIFY,
  RECOVER,
  KEYGEN,
  CERT,
  HEALTHCHECK,
  INJECT,
  DEMO,
  SANDBOX,
  COMPLETION,
];
