import { S3Error } from '../../s3/errors.ts';
import { type Asked, ask, type Copying, type Step } from './ask.ts';
import { bodyOf, type Source } from './source.ts';

/** Pipes a source into what it becomes. @throws S3Error ServiceUnavailable when the source breaks off */
export async function write(copying: Copying, step: Step, source: Source): Promise<Asked> {
  const { checks } = copying.plan.upstream.provider;
  const body = await bodyOf(source, checks.checksums);
  if (body.length === 0) body.stream.resume();
  try {
    const asked = await ask(copying, { ...step, body });
    asked.answer.response.resume();
    return asked;
  } catch (error) {
    const { errored } = body.stream;
    if (!errored || errored !== error) throw error;
    throw new S3Error('ServiceUnavailable', 'The source of the copy broke off. Please try again.', {
      cause: errored,
    });
  }
}
