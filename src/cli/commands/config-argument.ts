import type { ArgumentSpec } from '../command.ts';
import { FILE } from '../values.ts';

/** What most commands work with. */
export const CONFIG: ArgumentSpec = {
  name: 'config',
  description:
    'the config file; - reads it from standard input, and relative paths in it then begin in the working directory',
  value: FILE,
};
