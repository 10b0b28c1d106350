import { isDeepStrictEqual } from 'node:util';
import type { Admin } from '../admin/admin.ts';
import type { ClientConnections } from '../listener/connections.ts';
import type { Handler } from '../listener/handler.ts';
import { type Listener, listen } from '../listener/listen.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import { placeOnly, settingsOf } from '../snapshot/restart.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Names } from '../upstream/names/names.ts';
import { placeOf } from '../upstream/names/place-of.ts';
import { handle } from './handle.ts';
import type { Serving } from './serving.ts';

export interface Opened {
  readonly listener: Listener;
  /** Serves by what another snapshot says of this listener, if it says anything. */
  reload(next: Snapshot): void;
}

interface Opening {
  readonly admin: Admin | undefined;
  readonly handedOver: boolean;
  readonly names: Names;
  readonly connections: ClientConnections;
  readonly current: () => Serving;
}

/** All listeners or none: one that can't be opened closes those that could. */
export async function openAll(snapshot: Snapshot, opening: Opening): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  try {
    for (const [index, settings] of snapshot.listeners.entries())
      opened.push(await open(settings, index, opening));
  } catch (error) {
    await Promise.all(opened.map(({ listener }) => listener.drain(0)));
    await opening.admin?.close();
    throw error;
  }
  return opened;
}

async function open(
  first: ListenerSettings,
  index: number,
  { connections, current, handedOver, names }: Opening,
): Promise<Opened> {
  let settings = first;
  const serve: Handler = (request, response) => {
    void handle(request, response, current(), settings);
  };
  const { host: address } = handedOver || first.socket ? first : await placeOf(first, names);
  const listener = await listen(first, serve, connections, { address, handedOver });
  const opened = placeOnly(first);
  return {
    listener,
    reload: (snapshot) => {
      const next = settingsOf(opened, index, snapshot) ?? settings;
      const renewed = !isDeepStrictEqual(next.tls, settings.tls);
      if (next.tls && renewed) listener.renew(next.tls);
      settings = next;
      listener.setFront(next.front);
      listener.setTimes(connections.load.timeouts);
    },
  };
}
