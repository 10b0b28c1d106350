import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { S3Error } from '../s3/errors.ts';

/** Why the rest of a body is not waited for. The request emits it as an error too, and leaves the connection to the answer. */
export const bodyFaults = new WeakMap<Readable, S3Error>();

/** Ends the reading of a body, not its connection: the client is still to be answered. */
export function failBody(request: IncomingMessage, fault: S3Error): void {
  if (bodyFaults.has(request)) return;
  bodyFaults.set(request, fault);
  // Anyone who takes the body later asks for the fault first.
  if (request.listenerCount('error') > 0) request.emit('error', fault);
}
