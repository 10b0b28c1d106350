import { ClientWait } from '../../../src/upstream/slow-clients.ts';

/** Preloaded, it lets the program take it that many clients are slow: the connections for its downloads are lean ones. */
for (let i = 0; i < 16; i += 1) new ClientWait().begin();
