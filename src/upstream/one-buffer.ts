import type http from 'node:http';
import type { Socket } from 'node:net';

const BUFFER_BYTES = 64 * 1024;

/**
 * Makes all connections of an agent read into one shared buffer. Node's parser copies what it needs at once, so a buffer
 * for each read would only be garbage; on slow connections this garbage gets into the old generation, where tens of MiB
 * accumulate before they are collected.
 */
export function readingIntoOneBuffer<Agent extends http.Agent>(agent: Agent): Agent {
  const shared = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const onread = {
      buffer: shared,
      callback: (bytes: number): boolean => {
        // Every listener must be finished with the buffer when `emit` returns: the parser is.
        (socket as Socket).emit('data', shared.subarray(0, bytes));
        return true;
      },
    };
    const socket = create({ ...options, onread } as typeof options, done);
    return socket;
  };
  return agent;
}
