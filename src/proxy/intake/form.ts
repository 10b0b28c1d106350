import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Dialect, S3 } from '../../dialects/dialect.ts';
import { checkPolicy } from '../../forms/conditions.ts';
import { requiredField } from '../../forms/fields.ts';
import { FormDecoder } from '../../forms/form-decoder.ts';
import { dialectOf, internalFields, withToken } from '../../forms/internal-fields.ts';
import { boundaryOf } from '../../forms/part-head.ts';
import { parsePolicy } from '../../forms/policy.ts';
import { putHeaders, putTarget, withFilename } from '../../forms/put-object.ts';
import { verifyForm } from '../../forms/signature.ts';
import { successOf } from '../../forms/success.ts';
import { CLIENT_TIMEOUTS } from '../../listener/bounds.ts';
import { requestTimeout } from '../../listener/phases.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Target } from '../../s3/target.ts';
import { through } from '../../steps.ts';
import { chain } from '../body/chain.ts';
import { BodyGuard } from '../body/guard.ts';
import type { Exchange } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Serving } from '../serving.ts';
import type { Admitted, Caller } from './admitted.ts';
import { type AuthContext, authenticate, callerOf, verifyOptions } from './authenticate.ts';
import { holdBytes } from './load.ts';

/** What of the form's own headers goes on with the object: the store answers a browser by its CORS rules. */
const KEPT = ['host', 'origin', 'user-agent'];

/** `POST /bucket` with a form, and nothing in the query that would make it another operation. */
export function isForm({ method, headers }: Message, { shape, query }: Target): boolean {
  return (
    method === 'POST' &&
    shape === 'bucket' &&
    /^multipart\/form-data/i.test(headers.joined('content-type') ?? '') &&
    query.names.every((name) => name === 'x-id')
  );
}

/**
 * Reads the fields of a form, verifies who signed its policy and that the form keeps to it, and gives back the PutObject
 * whose body is the file, still on its way.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export async function admitForm(
  exchange: Exchange,
  asked: Target,
  context: AuthContext,
  serving: Serving,
): Promise<Admitted> {
  const { received } = exchange;
  if (received.headers.has('authorization')) {
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed; a form is signed by its policy.');
  }
  const open = context.listener.auth === 'none' ? authenticate(exchange, asked, context) : undefined;
  const decoder = decoderOf(received);
  const { document } = context.snapshot.timeouts ?? CLIENT_TIMEOUTS;
  // For all that is read before the store hears of the form: of a large file the fields alone, of a small one all of it.
  let waiting = true;
  const late = (): void => {
    if (waiting) decoder.destroy(requestTimeout());
  };
  // A turn later: on a starved loop all of it may have arrived, and nobody has looked yet.
  const slow = setTimeout(() => setImmediate(late), document);
  try {
    received.begin();
    chain(received.stream, decoder);
    const hold = (bytes: number, { name }: Caller): Promise<void> =>
      holdBytes(exchange, serving, bytes, name);
    const speaks = (dialect: Dialect): void => {
      exchange.dialect = dialect;
    };
    return await read(decoder, { received, asked, context, open: open?.caller, hold, speaks });
  } finally {
    waiting = false;
    clearTimeout(slow);
  }
}

interface Form {
  readonly received: Message;
  readonly asked: Target;
  readonly context: AuthContext;
  /** On a listener without authentication. */
  readonly open: Caller | undefined;
  readonly hold: (bytes: number, caller: Caller) => Promise<void>;
  /** Told what the form speaks: its refusals are in it too. */
  readonly speaks: (dialect: Dialect) => void;
}

async function read(
  decoder: FormDecoder,
  { received, asked, context, open, hold, speaks }: Form,
): Promise<Admitted> {
  if (asked.shape !== 'bucket') throw new Error('a form is posted to a bucket');
  const came = await decoder.head;
  const dialect = dialectOf(came.fields);
  speaks(dialect);
  const head = { ...came, fields: withToken(came.fields, dialect) };
  const caller = open ?? callerOf(verifyForm(head.fields, verifyOptions(asked, context)));
  const fields = withFilename(head);
  await hold(decoder.mostHeld, caller);
  const length = await decoder.fileLength();
  if (!open) {
    const policy = parsePolicy(
      requiredField(fields, 'policy'),
      context.snapshot.obs === true ? 'taken' : 'refused',
    );
    checkPolicy(policy, { bucket: asked.bucket, fields, length }, context.now, dialect);
  }
  // By its own names until here: so its policy has them.
  const inside = dialect === S3 ? fields : internalFields(fields, dialect);
  const target = putTarget(asked.bucket, inside);
  const headers = received.headers.only(KEPT).with({
    ...putHeaders(inside, dialect),
    'content-length': String(length),
  });
  const file = await fileOf(decoder, length);
  const message: Message = {
    method: 'PUT',
    headers,
    body: length > 0 ? 'some' : 'none',
    stream: file,
    begin: () => {},
  };
  return { caller, target, message, chunks: 'unverified', form: successOf(fields) };
}

function decoderOf({ headers }: Message): FormDecoder {
  const length = headers.has('transfer-encoding') ? undefined : headers.single('content-length');
  if (length === undefined || !/^\d{1,15}$/.test(length)) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  return new FormDecoder(boundaryOf(headers.single('content-type') ?? ''), Number(length));
}

/** An empty file has no last byte to hold back: its form is read to the end before the store hears of it. */
async function fileOf(decoder: FormDecoder, length: number): Promise<Readable> {
  const file = chain(decoder, through(new BodyGuard(length, [])));
  if (length > 0) return file;
  await finished(file.resume(), { writable: false });
  return file;
}
