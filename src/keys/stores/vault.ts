import type { ReadFile } from '../../files.ts';
import type { Secret } from '../../secret.ts';
import { mapLimited } from './map-limited.ts';
import type { Fetched, KeyStore } from './store.ts';
import { type AskVault, connectVault, type VaultServer, VaultUnreachable } from './vault/api.ts';
import { LoginRefused, logIn, renew, revoke, type VaultAuth } from './vault/auth.ts';
import { keyIn, kvPath, type VaultPlace } from './vault/kv.ts';
import { Lease } from './vault/lease.ts';

export interface VaultSettings {
  readonly server: VaultServer;
  readonly auth: VaultAuth;
}

export interface VaultStore extends KeyStore<VaultPlace> {
  /** Renews no token any more, and ends those that it got by logging in. */
  close(): Promise<void>;
}

const AT_ONCE = 8;
const FAREWELL_MS = 1000;

/** Keys in HashiCorp Vault or OpenBao. It holds a token as long as it is open. */
export function openVault({ server, auth }: VaultSettings, readFile: ReadFile): VaultStore {
  const { ask, close } = connectVault(server);
  const lease = new Lease({
    logIn: () => logIn(auth, ask, readFile),
    renew: (token) => renew(token, ask),
    now: () => performance.now(),
  });
  return {
    fetch: async (places) => {
      // A token that was gotten before may have been revoked since; one of this moment has not.
      const mayBeStale = auth.kind === 'token' ? undefined : lease.held;
      let down: Fetched | undefined;
      // Where one key got no answer, the others would wait in vain too.
      return await mapLimited(places, AT_ONCE, async (place) => {
        if (down !== undefined) return down;
        try {
          return await read(place, { ask, lease, mayBeStale });
        } catch (error) {
          down = unavailable(error);
          return down;
        }
      });
    },
    close: async () => {
      const token = lease.end();
      if (token !== undefined && auth.kind !== 'token') await farewell(server, token);
      close();
    },
  };
}

/** Nobody waits long for it: a token that is not revoked ends by itself. */
async function farewell(server: VaultServer, token: Secret): Promise<void> {
  const { ask, close } = connectVault({ ...server, timeout: Math.min(server.timeout, FAREWELL_MS) });
  await revoke(token, ask).catch(() => undefined);
  close();
}

interface Reading {
  readonly ask: AskVault;
  readonly lease: Lease;
  readonly mayBeStale: Secret | undefined;
}

/** To a token that it does not know the vault says 403, as it does to one that it permits nothing. */
async function read(place: VaultPlace, { ask, lease, mayBeStale }: Reading): Promise<Fetched> {
  const readWith = (token: Secret) => ask({ method: 'GET', path: kvPath(place), token });
  const token = await lease.token();
  const answer = await readWith(token);
  if (answer.status !== 403 || token !== mayBeStale) return keyIn(answer, place);
  lease.drop(token);
  return keyIn(await readWith(await lease.token()), place);
}

function unavailable(error: unknown): Fetched {
  if (error instanceof VaultUnreachable) {
    return { kind: 'unavailable', message: `the vault can't be reached: ${error.message}` };
  }
  if (error instanceof LoginRefused) return { kind: 'unavailable', message: error.message };
  throw error;
}
