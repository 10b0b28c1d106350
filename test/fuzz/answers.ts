import { ANSWERS } from '../upstream/direct/answers.ts';
import { compareReaders } from '../upstream/direct/compare-readers.ts';
import { below, edited, pick, type Random } from './random.ts';

const METHODS = ['GET', 'GET', 'PUT', 'HEAD'];

/** An answer that nobody meant, cut anywhere, is read as Node reads it, or refused. */
export async function fuzzAnswers(random: Random): Promise<void> {
  const [, text] = pick(random, ANSWERS);
  const method = pick(random, METHODS);
  const sizes = Array.from({ length: 8 }, () => 1 + below(random, pick(random, [2, 12, 60])));
  const bytes = Buffer.from(edited(random, text), 'latin1');
  const fault = await compareReaders(method, bytes, sizes);
  if (fault !== undefined)
    throw new Error(`${fault}: ${method} ${JSON.stringify(bytes.toString('latin1'))} in ${sizes.join()}`);
}
