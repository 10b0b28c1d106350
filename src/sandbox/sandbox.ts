import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Credentials } from '../secret.ts';
import { SigningKeys } from '../sigv4/signing-keys.ts';
import type { Faults } from './faults.ts';
import { handle } from './handle.ts';
import { OBS } from './obs/profile.ts';
import { WrongSignatures } from './obs/wrong-signatures.ts';
import type { ProfileName } from './profile.ts';
import { S3 } from './s3-profile.ts';
import type { Shared } from './shared.ts';
import { Buckets } from './store/buckets.ts';
import { openDataDirectory } from './store/data.ts';

export interface SandboxOptions {
  /** Which store it is like; `obs` needs a domain. `s3` by default. */
  readonly profile?: ProfileName;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** PEM texts. Without them the sandbox uses plain HTTP and refuses SSE-C. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The folder of everything stored; created if it does not exist. */
  readonly directory: string;
  readonly credentials: readonly Credentials[];
  readonly region: string;
  /** Names of buckets that are there from the start. */
  readonly buckets?: readonly string[];
  /** Lower-case names under which `bucket.<name>` is a virtual-host style request. */
  readonly domains?: readonly string[];
  /** Accepts SSE-C keys over plain HTTP, for tests. */
  readonly insecureSsec?: boolean;
  readonly clock?: () => Date;
  /** Deliberate faults, for tests. */
  readonly faults?: Faults;
  /** Called with failures of the sandbox itself, which clients see as InternalError. */
  readonly onFailure?: (error: unknown) => void;
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  close(): Promise<void>;
}

const PROFILES = { s3: S3, obs: OBS };

/** How long idle connections stay open, about as at S3, in milliseconds. */
const KEEP_ALIVE = 20_000;

/**
 * Starts an S3 store for trials and tests only: it forgets its index when it stops, everyone owns everything, and
 * objects without an SSE-C key are stored unencrypted.
 */
export async function startSandbox({
  profile = 's3',
  host,
  port,
  tls,
  directory,
  credentials,
  region,
  buckets = [],
  domains = [],
  insecureSsec = false,
  clock = () => new Date(),
  faults = {},
  onFailure = () => undefined,
}: SandboxOptions): Promise<Sandbox> {
  if (profile === 'obs' && domains.length === 0)
    throw new Error('OBS has virtual hosts only: the sandbox needs a domain for them');
  const shared: Shared = {
    wrongSignatures: new WrongSignatures(),
    buckets: new Buckets(),
    data: await openDataDirectory(directory),
    credentials: new Map(credentials.map((entry) => [entry.accessKeyId, entry])),
    signingKeys: new SigningKeys(),
    region,
    domains,
    secure: tls !== undefined || insecureSsec,
    clock,
    faults,
    onFailure,
  };
  for (const name of buckets) shared.buckets.create(name, clock());
  const server = tls === undefined ? createPlainServer() : createTlsServer({ cert: tls.cert, key: tls.key });
  server.keepAliveTimeout = KEEP_ALIVE;
  // A large body over a slow line has no time limit.
  server.requestTimeout = 0;
  server.on(
    'request',
    (request, response) => void handle(PROFILES[profile], shared, request, response, false),
  );
  server.on(
    'checkContinue',
    (request, response) => void handle(PROFILES[profile], shared, request, response, true),
  );
  const bound = await listen(server, host, port);
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${name}:${bound}`,
    port: bound,
    directory,
    close: () => close(server),
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('the sandbox does not listen on a port'));
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
