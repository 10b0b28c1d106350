import t from 'tap';
import { holdBytes } from '../../../src/proxy/intake/load.ts';
import { HeldBytes } from '../../../src/response/held-bytes.ts';
import { withExchange } from '../../support/exchange.ts';

const REQUEST = 'POST /a?delete HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n';

/** All of it is here, so that it never comes slowly. */
const WHOLE = 'POST /a?delete HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';

t.test('what a request holds counts until its answer is out', async (t) => {
  const heldOfClients = new HeldBytes({ most: 100, wait: 30 });
  await withExchange(WHOLE, async ({ exchange, answer }) => {
    await holdBytes(exchange, { heldOfClients }, 60);
    await t.rejects(holdBytes(exchange, { heldOfClients }, 60), { code: 'SlowDown' });
    t.equal(heldOfClients.held, 60);
    await answer();
    t.equal(heldOfClients.held, 0);
  });
});

t.test('a client that leaves while it waits holds nothing', async (t) => {
  const heldOfClients = new HeldBytes({ most: 100, wait: 60_000 });
  const other = heldOfClients.begin({ client: 'other', signal: new AbortController().signal });
  await other.grow(100);
  await withExchange(REQUEST, async ({ exchange, leave }) => {
    const waits = holdBytes(exchange, { heldOfClients }, 60);
    leave();
    await t.rejects(waits);
    other.end();
    t.equal(heldOfClients.held, 0);
  });
});

t.test('a client that drips its documents stops nobody else', async (t) => {
  const heldOfClients = new HeldBytes({ most: 400, wait: 2000 });
  const drips = 'POST /a?delete HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab';
  const faults: unknown[] = [];
  const drip = async (more: () => Promise<void>): Promise<void> =>
    await withExchange(drips, async ({ exchange }) => {
      exchange.request.once('error', (error: NodeJS.ErrnoException) => {
        faults.push(error.code);
        exchange.response.end();
      });
      await holdBytes(exchange, { heldOfClients }, 100);
      await more();
    });
  // All of one address: the half of the room is theirs, and two of them are in.
  await drip(async () => {
    await drip(async () => {
      t.equal(heldOfClients.held, 200);
      await withExchange(REQUEST, async ({ exchange }) => {
        await holdBytes(exchange, { heldOfClients }, 100, 'somebody-else');
        t.same(faults, [], 'another client has the other half');
      });
      await withExchange(REQUEST, async ({ exchange }) => {
        await holdBytes(exchange, { heldOfClients }, 100);
        t.same(faults, ['SlowDown'], 'the same has room when one gave way');
      });
    });
  });
});
