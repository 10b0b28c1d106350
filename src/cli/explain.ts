import { type Asked, answerTo, type Question, QuestionError, questionOf } from '../explain/answer.ts';
import type { Io } from '../io.ts';
import { type Marks, painted } from './colour.ts';
import { UsageError } from './command.ts';
import { EXPLAIN_NEEDS } from './commands/needs.ts';
import { openConfig } from './opening.ts';

export type ExplainAsked = Asked & { readonly config: string };

const MARKS: Marks = [
  [/^[A-Z][A-Za-z0-9]+ s3:\/\/.*/, 'bold'],
  [/^refused:/, 'red'],
  [/^(?:client|certificate|why|to allow it|note):|^looked at:/, 'cyan'],
  [/^(?:source )?(?:rule|SSE-C):|^copied by:|^sent to:|^and to:/, 'cyan'],
];

/** `ssec-proxy explain`: what would happen to a request, decided by the code that serves. Exit codes: 0, 1, 2. */
export async function explain(asked: ExplainAsked, io: Io): Promise<number> {
  try {
    const question = questionOf(asked);
    const buckets = bucketsOf(question);
    const clients = question.client === undefined ? 'none' : 'ids';
    const snapshot = await openConfig(asked.config, io, { ...EXPLAIN_NEEDS, clients, buckets });
    if (!snapshot) return 1;
    io.stdout.write(painted(`${answerTo(question, snapshot).join('\n')}\n`, MARKS, io.stdout));
    return 0;
  } catch (error) {
    throw error instanceof QuestionError ? new UsageError(error.message) : error;
  }
}

function bucketsOf({ url, from }: Question): readonly string[] {
  return [url, from].flatMap((one) => /^s3:\/\/([^/]+)/.exec(one ?? '')?.[1] ?? []);
}
