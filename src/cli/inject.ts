import { isIP } from 'node:net';
import { isHost, isHostName, parseAddress } from '../config/address.ts';
import { readFromDisk } from '../files.ts';
import { DAYS } from '../inject/certificate/renewal.ts';
import { type InjectorSettings, runInjector } from '../inject/run.ts';
import type { Io } from '../io.ts';
import { firstSignal } from '../lifecycle.ts';
import { makeLog } from '../log.ts';
import { LogDestination } from '../log-destination.ts';
import { logOutput } from '../log-output.ts';
import { makeSelfSigned } from './certificate.ts';
import { UsageError } from './command.ts';

export interface InjectAsked {
  readonly image: string;
  readonly allowImage: readonly string[];
  readonly listen: string;
  /** Paths, both or none. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Names of objects of Kubernetes. */
  readonly secret: string | undefined;
  readonly configuration: string | undefined;
  readonly host: readonly string[];
  /** A folder. */
  readonly serviceAccount: string;
}

/** `ssec-proxy inject`: the admission webhook, until a signal. Exit codes: 0, 1. */
export async function inject(asked: InjectAsked, _io: Io): Promise<number> {
  const settings = settingsOf(asked, process.env);
  const destination = new LogDestination(logOutput(STDOUT));
  try {
    return await runInjector(settings, {
      log: makeLog('info', destination),
      readFile: readFromDisk,
      clock: () => new Date(),
      stopping: firstSignal(),
    });
  } finally {
    await destination.end();
  }
}

const STDOUT = 1;

/** @throws UsageError */
export function settingsOf(
  asked: InjectAsked,
  env: Readonly<Record<string, string | undefined>>,
): InjectorSettings {
  const address = parseAddress(asked.listen);
  if (!address) throw new UsageError(`--listen takes host:port, such as 0.0.0.0:8443, not ${asked.listen}`);
  return {
    address,
    image: asked.image,
    images: asked.allowImage,
    cluster: { ...apiServerOf(env), account: asked.serviceAccount },
    certificate: certificateOf(asked),
  };
}

function certificateOf({
  cert,
  key,
  secret,
  configuration,
  host,
}: InjectAsked): InjectorSettings['certificate'] {
  if (cert !== undefined && key !== undefined) return { kind: 'mounted', cert, key };
  if (secret === undefined || configuration === undefined)
    throw new UsageError('a certificate is needed: --cert and --key, or --secret and --configuration');
  if (host.length === 0) throw new UsageError('--secret needs --host, the name that API servers call');
  const wrong = host.find((name) => isIP(name) === 0 && !(isHostName(name) && isHost(name)));
  if (wrong !== undefined) throw new UsageError(`--host takes a host name or an IP address, not ${wrong}`);
  const names = host.filter((name) => isIP(name) === 0);
  const addresses = host.filter((name) => isIP(name) !== 0);
  const make = (now: Date) => makeSelfSigned({ names, addresses, days: DAYS, now });
  return { kind: 'own', hosts: host, secret, configuration, make };
}

/** Every pod has these: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
function apiServerOf(env: Readonly<Record<string, string | undefined>>): {
  readonly host: string;
  readonly port: number;
} {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  const number = Number(port);
  if (host === undefined || host === '')
    throw new UsageError('KUBERNETES_SERVICE_HOST is not set; this command runs in a pod of Kubernetes');
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new UsageError('KUBERNETES_SERVICE_PORT is not a port');
  return { host, port: number };
}
