import { checksCertificates } from './certificate-checks.ts';
import type { ServeAsked } from './serve.ts';

/**
 * `serve CONFIG` and no more, as images and units start it: nothing there needs the reader of command lines, whose code
 * and texts take their time and memory. Whatever else is asked for, or is wrong, is the reader's.
 */
export function plainServe(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServeAsked | undefined {
  const [command, config = '', ...more] = args;
  if (command !== 'serve' || config === '' || more.length > 0) return undefined;
  // A lone dash is standard input, every other one begins an option.
  if (config !== '-' && config.startsWith('-')) return undefined;
  return checksCertificates(env) ? { config } : undefined;
}
