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
  /** Stops renewing tokens, and revokes the ones that it got by logging in. */
  close(): Promise<void>;
}

const FAREWELL_MS = 1000;

/** Keys in HashiCorp Vault or OpenBao. It keeps a token while it is open. */
export function openVault({ server, auth }: VaultSettings, readFile: ReadFile): VaultStore {
  const { ask, close } = connectVault(server);
  const lease = new Lease({
    logIn: () => logIn(auth, ask, readFile),
    renew: (token) => renew(token, ask),
    clock: () => performance.now(),
  });
  return {
    fetch: async (places) => {
      // An older token may have been revoked since; a new one has not.
      const mayBeStale = auth.kind === 'token' ? undefined : lease.held;
      let down: Fetched | undefined;
      // If one key got no answer, the others would wait in vain too.
      return await mapLimited(places, server.requests, async (place) => {
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

/** The wait is short: a token that is not revoked expires by itself. */
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

/** The vault answers 403 to an unknown token, as it does to a token without permission. */
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
