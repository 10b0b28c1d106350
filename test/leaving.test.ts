import t from 'tap';
import { Leaving } from '../src/leaving.ts';

t.test('tells each listener once, with the reason that an AbortSignal has', async (t) => {
  const leaving = new Leaving();
  const told: string[] = [];
  leaving.addEventListener('abort', () => told.push('function'));
  leaving.addEventListener('abort', { handleEvent: () => void told.push('object') });
  leaving.throwIfAborted();
  t.notOk(leaving.aborted);
  leaving.abort();
  leaving.abort();
  t.same(told, ['function', 'object']);
  t.ok(leaving.aborted);
  t.equal((leaving.reason as Error).name, (AbortSignal.abort().reason as Error).name);
  t.throws(() => leaving.throwIfAborted(), { name: 'AbortError' });
});

t.test('tells nobody who was taken off, even by another listener, or came too late', async (t) => {
  const leaving = new Leaving();
  const told: string[] = [];
  const off = (): void => void told.push('taken off');
  const last = (): void => void told.push('taken off by another');
  leaving.addEventListener('abort', off);
  leaving.addEventListener('abort', () => leaving.removeEventListener('abort', last));
  leaving.addEventListener('abort', last);
  leaving.removeEventListener('abort', off);
  leaving.abort();
  leaving.addEventListener('abort', () => told.push('too late'));
  leaving.abort();
  t.same(told, []);
});
