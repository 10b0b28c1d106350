import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from './client.ts';
import { CLIENTS } from './clients/clients.ts';
import type { Store } from './store.ts';
import { STORES } from './stores/stores.ts';

export interface Options {
  readonly clients: readonly Client[];
  readonly stores: readonly Store[];
  /** Must all of them be there? Those that are named have to, and the quick ones: others need what not every machine has. */
  readonly whole: boolean;
  /** Also into docs/compatibility.md. */
  readonly write: boolean;
  /** Clients at work at once. */
  readonly jobs: number;
  /** Keeps what is installed from one run to the next. */
  readonly cache: string;
}

export const USAGE = `usage: npm run matrix -- [--clients a,b] [--stores x,y] [--quick] [--jobs 2] [--write]

  --quick   what is installed in seconds, on the sandbox
  --write   also into docs/compatibility.md

clients: ${CLIENTS.map(({ id }) => id).join(', ')}
stores:  ${STORES.map(({ id }) => id).join(', ')}
`;

/** Throws with what is wrong. */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: 'string' },
      stores: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '2' },
    },
  });
  const clients = pick(CLIENTS, values.clients).filter((client) => client.quick || !values.quick);
  const stores = pick(STORES, values.stores ?? (values.quick ? 'sandbox' : undefined));
  return {
    clients,
    stores,
    whole: values.quick || values.clients !== undefined,
    write: values.write,
    jobs: Math.max(1, Number(values.jobs)),
    cache: join(env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix'),
  };
}

function pick<T extends { readonly id: string }>(
  from: readonly T[],
  wanted: string | undefined,
): readonly T[] {
  if (wanted === undefined) return from;
  return wanted.split(',').map((id) => {
    const found = from.find((each) => each.id === id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  });
}
