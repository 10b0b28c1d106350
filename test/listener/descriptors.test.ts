import { join } from 'node:path';
import t from 'tap';
import { roomForConnections } from '../../src/listener/descriptors.ts';

t.test('a connection of a client needs one for the store beside it, and something is left for files', (t) => {
  const folder = t.testdir({
    limits:
      'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            64                   64                   files     \n',
    unlimited: 'Max open files            unlimited            unlimited            files     \n',
    other: 'Max processes             1                   1              processes \n',
    fd: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}`, ''])),
  });
  const at = (name: string): string => join(folder, name);
  t.equal(roomForConnections(at('limits'), at('fd')), 14);
  t.equal(roomForConnections(at('unlimited'), at('fd')), undefined);
  t.equal(roomForConnections(at('other'), at('fd')), undefined);
  t.equal(roomForConnections(at('nowhere'), at('fd')), undefined);
  t.end();
});
