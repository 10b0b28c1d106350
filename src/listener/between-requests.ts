import type { Socket } from 'node:net';
import { S3Error } from '../s3/errors.ts';
import { failBody } from './body-fault.ts';
import type { Connection } from './connection.ts';
import type { ClientConnections } from './connections.ts';
import type { Load } from './load.ts';
import { requestTimeout } from './phases.ts';
import { refuseBytes } from './refusal.ts';
import { stopTaking } from './stop-taking.ts';

/*
 * The owner of the waits between requests. Node's timers find who seems late; on a starved loop nobody may have looked at
 * what had arrived by then, so all are judged a turn later.
 */

/** The head of a request is late: its time runs from its first byte, or from the connection for the first one. */
export function judgeHead(connection: Connection, load: Load): void {
  const { begun } = connection;
  setImmediate(() => {
    const { socket } = connection;
    // One that was ended already is late but once.
    if (socket.destroyed || socket.writableEnded || connection.begun !== begun) return;
    load.late('head');
    if (connection.answering === 0) refuseBytes(socket, requestTimeout(), load);
    else endBehindAnswers(connection);
  });
}

/** A connection is idle for its time. */
export function judgeIdle(connection: Connection): void {
  const { begun, socket } = connection;
  const { bytesRead } = socket;
  setImmediate(() => {
    if (connection.begun !== begun || connection.answering > 0 || socket.bytesRead !== bytesRead) return;
    socket.destroy();
  });
}

/** How often connections are looked at between requests, in milliseconds. */
const EVERY_MS = 250;

/**
 * Sees what Node's timers do not: first heads that are late on connections that have said nothing and so have no parser;
 * idle connections on which bytes come that begin no request, such as empty lines, which start Node's timer again and no
 * head; and those above a limit that a reload has lowered.
 * @returns ends it
 */
export function watchConnections(connections: ClientConnections): () => void {
  const { load } = connections;
  const timer = setInterval(() => {
    for (const late of connections.takeLate(load.timeouts.head)) judgeHead(late, load);
    for (const idle of connections.overdue()) endUnlessBegun(idle, load);
    for (const idle of connections.surplus()) endUnlessBegun(idle);
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

function endUnlessBegun(connection: Connection, late?: Load): void {
  const { begun, socket } = connection;
  setImmediate(() => {
    if (connection.begun !== begun || socket.destroyed) return;
    late?.late('keepAlive');
    socket.destroy();
  });
}

/** For bytes that Node's parser does not accept as HTTP. @param reason for the log */
export function refuseMalformed(socket: Socket, load: Load, reason: string): void {
  const said = 'An error occurred when parsing the HTTP request.';
  refuseBytes(socket, new S3Error('BadRequest', said, { reason }), load);
}

/**
 * What came is not a request, or the body of the last one broke off. The answers before it are not disturbed; then the
 * connection ends.
 */
export function endBehindAnswers(connection: Connection): void {
  connection.broken = connection.latest?.req.complete === false;
  if (connection.broken && connection.answering === 1) {
    connection.socket.destroy();
    return;
  }
  connection.full = true;
  stopTaking(connection);
}

/** The framing of a body is wrong in its middle: its request is answered so, and nothing more is taken. */
export function refuseFraming(connection: Connection): void {
  const request = connection.latest?.req;
  if (!request || request.complete) {
    endBehindAnswers(connection);
    return;
  }
  connection.full = true;
  failBody(
    request,
    new S3Error(
      'IncompleteBody',
      'The framing of the body is malformed: its chunks or trailers are not as HTTP has them.',
    ),
  );
  stopTaking(connection);
}
