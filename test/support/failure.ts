import { S3Error } from '../../src/s3/errors.ts';

/** The S3Error that `call` throws; anything else that it does is a failure of the test. */
export function refusal(call: () => unknown): S3Error {
  try {
    call();
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The code with which `call` is refused, or `ok`. For tables of codes. */
export function codeOf(call: () => unknown): string {
  try {
    call();
    return 'ok';
  } catch (error) {
    if (error instanceof S3Error) return error.code;
    throw error;
  }
}
