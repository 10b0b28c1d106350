import { isIP } from 'node:net';
import { isLoopback, type ListenPlace, parseAddress, parseListenPlace } from '../../config/address.ts';
import { parseDuration } from '../../config/duration.ts';
import { formatProblem, type Problem } from '../../config/problem.ts';
import { isError, readConfig } from '../../config/read-config.ts';
import type { Config } from '../../config/schema.ts';
import { ACCOUNT_FOLDER, CONFIG_FILE } from '../names.ts';
import { type Brought, checkBrought } from './brought.ts';
import { isWithin } from './folders.ts';

/** What the config of a proxy says of its place in a pod. */
export interface Listening {
  /** The URL for clients in the pod: of the first listener on an address of loopback that speaks plain HTTP. */
  readonly endpoint: string | undefined;
  readonly admin: { readonly port: number; readonly scheme: 'HTTP' | 'HTTPS' };
  /** All ports that it takes. */
  readonly ports: readonly number[];
  /** Milliseconds. */
  readonly drain: number;
  /** What `check` would warn of. */
  readonly warnings: readonly string[];
  /** Does it log in at a vault with the token of the pod's service account? */
  readonly account: boolean;
}

/**
 * Reads `config.yaml` of a profile: all that is wrong with it, or what the injector has to know of it.
 * @param brought without it nothing is said of the files that the config names
 */
export function readListening(
  text: string,
  now: Date,
  brought?: Omit<Brought, 'account'>,
): { readonly listening: Listening; readonly config: Config } | { readonly problems: readonly string[] } {
  const { config, report } = readConfig(text, now);
  const account = config !== undefined && usesAccount(config);
  if (config && brought) checkBrought(config, { ...brought, account }, report);
  const problems = report.problems();
  const told = (some: readonly Problem[]) => some.map((problem) => formatProblem(problem, CONFIG_FILE));
  const errors = problems.filter(isError);
  if (!config || errors.length > 0) return { problems: told(errors) };
  const admin = parseAddress(config.admin.address);
  if (!admin || admin.port === 0 || isLoopback(admin.host)) return { problems: [PROBES] };
  const places = placesOf(config);
  const ports = places.flatMap(({ place }) => (place.kind === 'address' ? [place.port] : []));
  return {
    config,
    listening: {
      endpoint: places.map(endpointOf).find((url) => url !== undefined),
      admin: { port: admin.port, scheme: config.admin.tls ? 'HTTPS' : 'HTTP' },
      ports: [...ports, admin.port],
      drain: parseDuration(config.drain) ?? 0,
      warnings: told(problems),
      account,
    },
  };
}

function usesAccount({ vaults }: Config): boolean {
  return Object.values(vaults).some(
    ({ auth: { kubernetes } }) => kubernetes !== undefined && isWithin(kubernetes.jwt, ACCOUNT_FOLDER),
  );
}

const PROBES = `admin.address: the kubelet asks from outside the pod whether the proxy is ready (${CONFIG_FILE}); write admin: { address: "0.0.0.0:8990", open: true }`;

interface Listener {
  readonly place: ListenPlace;
  readonly tls: boolean;
}

function placesOf({ listen }: Config): readonly Listener[] {
  return listen.flatMap(({ address, tls }) => {
    const place = parseListenPlace(address);
    return place ? [{ place, tls: tls !== undefined }] : [];
  });
}

/**
 * Not by the name localhost: SDKs put the bucket before a name (that for JavaScript: `app-data.localhost`), and most containers
 * can't resolve that. Which address it has is not known here either: ::1 in one pod, 127.0.0.1 in another.
 */
function endpointOf({ place, tls }: Listener): string | undefined {
  if (tls || place.kind !== 'address' || place.port === 0) return undefined;
  if (isIP(place.host) === 0 || !isLoopback(place.host)) return undefined;
  return `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
}
