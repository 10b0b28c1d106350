import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that lives on between deeds: a line asks, a line answers, in fields that are parted by tabs. */
export interface Dialogue {
  /** One at a time. Throws with what the program said of its failure, or with its last words. */
  readonly ask: (verb: string, ...args: readonly string[]) => Promise<readonly string[]>;
  /** Ends its standard input and waits until it has gone. */
  readonly end: () => Promise<void>;
}

/**
 * Starts a program without the user's own environment. It answers `ok` and its results, or `failed` and why.
 * One that takes longer than `timeout` (milliseconds) for an answer, or for its end, is killed.
 */
export function openDialogue(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeout = 120_000,
): Dialogue {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env },
  });
  let lastWords = 'it has ended';
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastWords = line;
  });
  const gone = once(child, 'close').catch((error: Error) => {
    lastWords = error.message;
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // One that has ended reads no further.
  child.stdin.on('error', () => undefined);
  const inTime = async <T>(event: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    return await event.finally(() => clearTimeout(timer));
  };
  return {
    ask: async (verb, ...fields) => {
      child.stdin.write(`${[verb, ...fields].join('\t')}\n`);
      const { value, done } = await inTime(answers.next());
      if (!done) return resultsOf(value);
      await gone;
      throw new Error(lastWords);
    },
    end: async () => {
      child.stdin.end();
      await inTime(gone);
    },
  };
}

function resultsOf(answer: string): readonly string[] {
  const [verdict, ...results] = answer.split('\t');
  if (verdict !== 'ok') throw new Error(results.join(' ') || answer);
  return results;
}
