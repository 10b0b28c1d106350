import { isRecord } from '../../json.ts';
import { type AskApi, pathOf } from '../api/cluster-api.ts';
import { ApiRefused } from './api-refused.ts';
import { bundleOf, type Held, readHeld, writeHeld } from './held.ts';
import type { Pair } from './pair.ts';
import { nextStep } from './renewal.ts';
import { readTrust } from './trust.ts';

export interface OwnCertificate {
  /** Names and addresses that API servers call. */
  readonly hosts: readonly string[];
  readonly namespace: string;
  /** The name of the Secret, which has to be there, be it empty: the injector may not make one. */
  readonly secret: string;
  /** The name of the MutatingWebhookConfiguration. */
  readonly configuration: string;
  readonly make: (now: Date) => Promise<Pair>;
}

/** So often another replica may be faster before it is left for the next time. */
const TRIES = 5;

/**
 * A certificate that the replicas make and renew themselves. Each looks at the Secret that they share, and takes the step that
 * is due; of several the API server lets one win, and the others go on with what that one wrote.
 * @returns what is to be served; it is trusted
 * @throws ApiUnreachable, ApiRefused
 */
export async function lookAtOwn(own: OwnCertificate, ask: AskApi, now: Date): Promise<Pair> {
  for (let tries = 0; tries < TRIES; tries++) {
    const pair = await look(own, ask, now);
    if (pair) return pair;
  }
  throw new ApiRefused(`Secret ${own.secret} changes all the time`, CONFLICT);
}

async function look(own: OwnCertificate, ask: AskApi, now: Date): Promise<Pair | undefined> {
  const { hosts, configuration, make } = own;
  const secret = await readSecret(own, ask);
  const { isTrusted, trust } = await readTrust(configuration, ask);
  const step = await nextStep(secret.held, { hosts, now, isTrusted, make: () => make(now) });
  // What a lost step would have had is trusted by nobody.
  if (step && !(await secret.write(step))) return undefined;
  const held = step ?? secret.held;
  return (await trust(bundleOf(held))) ? held.current : undefined;
}

interface SharedSecret {
  readonly held: Held;
  /** @returns false if somebody else was faster */
  readonly write: (held: Held) => Promise<boolean>;
}

async function readSecret({ namespace, secret }: OwnCertificate, ask: AskApi): Promise<SharedSecret> {
  const path = pathOf('api', 'v1', 'namespaces', namespace, 'secrets', secret);
  const what = `Secret ${secret} of the namespace ${namespace}`;
  const { status, body } = await ask({ method: 'GET', path });
  if (status !== 200 || !isRecord(body) || !isRecord(body.metadata)) throw new ApiRefused(what, status);
  const { resourceVersion } = body.metadata;
  return {
    held: readHeld(body.data),
    write: async (held) => {
      // With a resourceVersion the patch counts for that version of the object alone: the first of several replicas wins.
      const value = { metadata: { resourceVersion }, data: writeHeld(held) };
      const written = await ask({
        method: 'PATCH',
        path,
        body: { type: 'application/merge-patch+json', value },
      });
      if (written.status === CONFLICT) return false;
      if (written.status !== 200) throw new ApiRefused(what, written.status);
      return true;
    },
  };
}

const CONFLICT = 409;
