import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Address } from '../config/address.ts';
import type { ReadFile } from '../files.ts';
import type { Logger } from '../log.ts';
import { admit } from './admit.ts';
import { type AskApi, type Cluster, connectApi, readText } from './api/cluster-api.ts';
import { askVersion, type KubernetesVersion } from './api/kubernetes-version.ts';
import { lookAtMounted, type MountedCertificate } from './certificate/mounted.ts';
import { lookAtOwn, type OwnCertificate } from './certificate/own.ts';
import type { Pair } from './certificate/pair.ts';
import { openWebhook, WEBHOOK_BOUNDS, type WebhookBounds } from './webhook.ts';

export interface InjectorSettings {
  readonly address: Address;
  readonly image: string;
  /** Images that a profile may name. */
  readonly images: readonly string[];
  readonly cluster: Cluster;
  readonly certificate:
    | ({ readonly kind: 'mounted' } & MountedCertificate)
    | ({ readonly kind: 'own' } & Omit<OwnCertificate, 'namespace'>);
}

export interface InjectorSurroundings {
  readonly log: Logger;
  readonly readFile: ReadFile;
  readonly clock: () => Date;
  readonly stopping: Promise<unknown>;
  readonly times?: InjectorTimes;
  readonly bounds?: WebhookBounds;
  /** Called with its port once it serves. */
  readonly onServing?: (port: number) => void;
}

/** Milliseconds. */
export interface InjectorTimes {
  /** Until it gives up: the kubelet starts it again. */
  readonly start: number;
  /** Between two tries of the start. */
  readonly again: number;
  /** Between two looks at the certificate and at the version of Kubernetes. */
  readonly look: number;
}

const TIMES: InjectorTimes = { start: 60_000, again: 1000, look: 30_000 };

/** Serves the webhook until it is stopped. @returns the exit code: 1 when it could not start */
export async function runInjector(
  settings: InjectorSettings,
  surroundings: InjectorSurroundings,
): Promise<number> {
  const { log, readFile, clock, stopping, times = TIMES, bounds = WEBHOOK_BOUNDS } = surroundings;
  const { ask, close } = connectApi(settings.cluster, readFile);
  const look = (): Promise<Pair> => lookAtCertificate(settings, { ask, readFile, now: clock() });
  try {
    const first = await untilStopped(stopping, (signal) => firstPair(look, { times, log, signal }));
    if (first === 'stopped') return 0;
    if (!first) {
      log.fatal('there is no certificate to serve with; fix the errors above');
      return 1;
    }
    const version = await followVersion(ask, log);
    const { image, images } = settings;
    const webhook = await openWebhook({
      address: settings.address,
      pair: first,
      bounds,
      log,
      trouble: version.trouble,
      admit: (review) => admit(review, { ask, image, images, clock, version: version.known }),
    }).catch((error: NodeJS.ErrnoException) => {
      log.fatal({ cause: error.code ?? error.message }, "the address can't be opened");
    });
    if (!webhook) return 1;
    log.info({ port: webhook.port, certificateUntil: untilOf(first) }, 'serving');
    surroundings.onServing?.(webhook.port);
    const following = followCertificate({ first, look, use: webhook.use, clock, log });
    const timer = setInterval(() => void Promise.all([following(), version.look()]), times.look);
    await stopping;
    clearInterval(timer);
    await webhook.stop();
    log.info('stopped');
    return 0;
  } finally {
    close();
  }
}

interface Looking {
  readonly ask: AskApi;
  readonly readFile: ReadFile;
  readonly now: Date;
}

async function lookAtCertificate(
  { certificate, cluster }: InjectorSettings,
  { ask, readFile, now }: Looking,
): Promise<Pair> {
  if (certificate.kind === 'mounted') return await lookAtMounted(certificate, readFile);
  const namespace = (await readText(join(cluster.account, 'namespace'), readFile)).trim();
  return await lookAtOwn({ ...certificate, namespace }, ask, now);
}

/** What is done, unless it is stopped before it has an end. */
async function untilStopped<T>(
  stopping: Promise<unknown>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'stopped'> {
  const controller = new AbortController();
  const stopped = stopping.then(() => {
    controller.abort();
    return 'stopped' as const;
  });
  const working = work(controller.signal).catch((error: unknown) => {
    if (controller.signal.aborted) return 'stopped' as const;
    throw error;
  });
  return await Promise.race([stopped, working]);
}

interface Trying {
  readonly times: InjectorTimes;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** @returns undefined when there was none in time */
async function firstPair(
  look: () => Promise<Pair>,
  { times: { start, again }, log, signal }: Trying,
): Promise<Pair | undefined> {
  const until = performance.now() + start;
  let told: string | undefined;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      const cause = messageOf(error);
      if (cause !== told) log.error({ cause }, 'no certificate yet');
      told = cause;
    }
    if (performance.now() >= until) return undefined;
    await wait(again, undefined, { signal });
  }
}

interface Following {
  readonly first: Pair;
  readonly look: () => Promise<Pair>;
  readonly use: (pair: Pair) => void;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** Serves with what the certificate is now. What can't be had leaves the one in use. */
function followCertificate({ first, look, use, clock, log }: Following): () => Promise<void> {
  let served = first;
  return async () => {
    try {
      const pair = await look();
      if (pair.cert !== served.cert) {
        use(pair);
        served = pair;
        log.info({ certificateUntil: untilOf(pair) }, 'serving with another certificate');
      }
    } catch (error) {
      log.warn({ cause: messageOf(error) }, 'the certificate was not looked at');
    }
    if (new X509Certificate(served.cert).validToDate <= clock())
      log.error('the certificate has expired: API servers refuse all pods that ask for a proxy');
  };
}

interface FollowedVersion {
  readonly known: () => KubernetesVersion | undefined;
  readonly trouble: () => string | undefined;
  readonly look: () => Promise<void>;
}

async function followVersion(ask: AskApi, log: Logger): Promise<FollowedVersion> {
  let known: KubernetesVersion | undefined;
  let cause: string | undefined;
  const look = async (): Promise<void> => {
    try {
      known = await askVersion(ask);
      cause = undefined;
    } catch (error) {
      cause = messageOf(error);
      log.warn({ cause }, 'the version of Kubernetes was not told');
    }
  };
  await look();
  return {
    known: () => known,
    trouble: () => (known ? undefined : `the version of Kubernetes is not known: ${cause}`),
    look,
  };
}

function untilOf({ cert }: Pair): string {
  return new X509Certificate(cert).validToDate.toISOString();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
