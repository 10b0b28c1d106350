import type { StoreRefusal } from '../../log-line.ts';
import type { StoreError } from '../../response/store-error.ts';
import { S3Error, type S3ErrorCode } from '../../s3/errors.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { faultBetween } from './our-faults.ts';

/**
 * Statuses that speak of the connection between the proxy and the store, whatever document comes with them, and what they
 * say. A client would take them for its own: it would ask for a proxy's password, or sign in.
 * https://www.rfc-editor.org/rfc/rfc9110#section-15.5
 */
const OF_THE_CONNECTION: Readonly<Record<number, readonly [StoreRefusal, said: string]>> = {
  401: ['credentials', 'it refuses the credentials of the proxy; check upstream.credentials'],
  407: ['address', 'something in front of it asks for a password; check upstream.endpoint'],
  408: ['protocol', 'it waited too long for the request'],
  417: ['protocol', 'it does not take the request as the proxy sends it'],
  421: ['address', 'it is not the host of this name; check upstream.endpoint'],
  425: ['protocol', 'it does not take the request so early'],
  426: ['address', 'it wants another protocol; check upstream.endpoint'],
  431: ['protocol', 'the headers of the request are too long for it'],
  505: ['protocol', 'it does not speak HTTP/1.1; check upstream.endpoint'],
  511: ['address', 'a network in front of it wants a login'],
};

/** Statuses of errors at S3, and the code that each stands for without a document. */
const OF_S3: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'AccessDenied',
  404: 'BadRequest',
  405: 'MethodNotAllowed',
  409: 'BadRequest',
  411: 'MissingContentLength',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  500: 'InternalError',
  501: 'NotImplemented',
  502: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'InternalError',
};

/** What others say for which S3 has another status. */
const AS_AT_S3: Readonly<Record<number, readonly [S3ErrorCode, message: string]>> = {
  413: ['EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size'],
  429: ['SlowDown', 'Please reduce your request rate.'],
};

/** The error in the place of a status that is not between the client and the store; undefined where it is. */
export function connectionFault(
  log: Asker['log'],
  { statusCode: status = 502 }: StoreResponse,
  plan: Pick<Plan, 'upstream' | 'credentials'>,
): S3Error | undefined {
  const [refusal, said] = OF_THE_CONNECTION[status] ?? [];
  if (refusal === undefined) return undefined;
  // Nobody signs a preflight.
  if (status === 401 && !plan.credentials)
    return new S3Error('AccessDenied', 'Access Denied', { reason: 'the store wants a signature' });
  return faultBetween(log, refusal, `status ${status}: ${said}`, plan);
}

/** Demands of an answer that has no document a status that errors have at S3. @throws S3Error */
export function requireStatusOfS3(log: Asker['log'], response: StoreResponse, plan: Plan): void {
  const fault = connectionFault(log, response, plan) ?? foreignStatus(log, response, plan, NO_DOCUMENT);
  if (fault) throw fault;
}

export const NO_DOCUMENT = 'no document';

/**
 * Of an answer without an error document of S3.
 * @param document what came in place of one, for the log
 * @throws S3Error where S3 has another status, or none
 */
export function namelessError(
  log: Asker['log'],
  response: StoreResponse,
  plan: Plan,
  document: string,
): StoreError {
  const foreign = foreignStatus(log, response, plan, document);
  if (foreign) throw foreign;
  const { statusCode: status = 502 } = response;
  // The bucket alone was asked for, and that it is there.
  if (plan.method === 'HEAD' && plan.target.shape === 'bucket') {
    if (status === 404) return NO_BUCKET;
    if (status === 403) return { code: 'AccessDenied', message: 'Access Denied', fields: {} };
  }
  log.cause = `the store answered with status ${status} and ${document}`;
  const message = `The store answered with status ${status}.`;
  return { code: OF_S3[status] ?? 'InternalError', message, fields: {} };
}

function foreignStatus(
  log: Asker['log'],
  { statusCode: status = 502 }: StoreResponse,
  plan: Plan,
  document: string,
): S3Error | undefined {
  if (OF_S3[status] !== undefined) return undefined;
  const fault = faultBetween(log, 'protocol', `status ${status} and ${document}`, plan);
  const known = AS_AT_S3[status];
  if (!known) return fault;
  log.storeRefusal = undefined;
  return new S3Error(...known);
}

const NO_BUCKET: StoreError = {
  code: 'NoSuchBucket',
  message: 'The specified bucket does not exist',
  fields: {},
};
