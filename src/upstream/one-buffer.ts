import type http from 'node:http';
import type { Socket } from 'node:net';

const BUFFER_BYTES = 64 * 1024;

/**
 * Has all connections of an agent read into one and the same buffer. Node's parser copies what it takes of it, at once,
 * so a buffer for each read would only be garbage; and in slow connections garbage that lives long enough to be taken
 * for old, of which tens of MiB come together before it is collected.
 */
export function readingIntoOneBuffer<Agent extends http.Agent>(agent: Agent): Agent {
  const shared = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const onread = {
      buffer: shared,
      callback: (bytes: number): boolean => {
        // Whoever listens has to be done with it when `emit` returns: the parser is.
        (socket as Socket).emit('data', shared.subarray(0, bytes));
        return true;
      },
    };
    const socket = create({ ...options, onread } as typeof options, done);
    return socket;
  };
  return agent;
}
