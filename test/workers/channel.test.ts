import { EventEmitter } from 'node:events';
import t from 'tap';
import { Channel, type Port } from '../../src/workers/channel.ts';

/** The two ends of a channel. */
function ends(): readonly [Port, Port] {
  const [one, other] = [new EventEmitter(), new EventEmitter()];
  const portTo = (to: EventEmitter, from: EventEmitter): Port =>
    Object.assign(from, {
      connected: true,
      send: (message: object) => {
        setImmediate(() => to.emit('message', structuredClone(message)));
        return true;
      },
    });
  return [portTo(other, one), portTo(one, other)];
}

interface Remote {
  readonly [call: string]: (argument: object) => Promise<object> | object;
}

t.test('a call that fails has no answer, and ends neither process', async (t) => {
  const [here, there] = ends();
  const local = {
    rejects: () => Promise.reject(new Error('no inspector')),
    throws: () => {
      throw new Error('no inspector');
    },
    works: () => ({ well: true }),
  };
  const [channel, other] = [new Channel<Remote>(here, {}), new Channel<Remote>(there, local)];
  channel.tell('throws', {});
  t.equal(await channel.ask('rejects', {}), undefined);
  t.equal(await channel.ask('throws', {}), undefined);
  t.same(await channel.ask('works', {}), { well: true });
  t.equal(await other.ask('unknown', {}), undefined);
});
