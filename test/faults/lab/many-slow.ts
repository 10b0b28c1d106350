import { areManySlow, ClientWait } from '../../../src/upstream/slow-clients.ts';

/** Longer than they have to wait, in milliseconds. */
const WAITED_MS = 300;

/** Preloaded, it lets the program take it that many clients are slow: the connections for its downloads are lean ones. */
for (let i = 0; i < 16; i += 1) new ClientWait().begin();
setTimeout(() => {
  if (!areManySlow())
    throw new Error('so few are not taken for many slow clients: nothing here was played as it says');
}, WAITED_MS);
