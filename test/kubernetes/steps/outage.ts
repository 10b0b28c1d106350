import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeSelfSigned } from '../../../src/cli/certificate.ts';
import type { Api } from '../cluster/api.ts';
import type { Held, Pod } from '../cluster/objects.ts';
import { until } from '../cluster/process.ts';
import { podsOf, sidecarOf } from '../injected.ts';
import { clientTemplate, configMap, secret } from '../manifests.ts';
import type { Stand } from '../stand.ts';
import { demand, type Step } from '../step.ts';
import { NAMESPACE, pod } from './injector.ts';
import { APPS, ASKS } from './profile.ts';
import { EXPECTED, WORKLOADS } from './workloads.ts';

const PODS = `/api/v1/namespaces/${APPS}/pods`;
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

interface Webhooks extends Held {
  readonly webhooks: readonly {
    readonly clientConfig: { readonly service?: { readonly name: string; readonly namespace: string } };
    readonly timeoutSeconds?: number;
  }[];
}

/** The injector away, slow, or not to be trusted: no pod that asks goes without its proxy, and no other pod waits for it. */
export const OUTAGE_STEPS: readonly Step[] = [
  {
    what: 'injectors are killed while pods are made, one after the other: none goes without its proxy that asks, none is refused that does not',
    run: async (stand) => {
      const { cluster } = stand;
      const over = new AbortController();
      const killing = killUntil(stand, over.signal);
      const seen = { injected: 0, refused: 0, plain: 0 };
      for (let number = 0; number < 60; number += 1) {
        const asking = await make(cluster.api, `killed-asks-${number}`, ASKS);
        demand(asking !== 'plain', `killed-asks-${number} has no proxy`);
        const plain = await make(cluster.api, `killed-plain-${number}`, {});
        demand(plain === 'plain', `killed-plain-${number}: ${JSON.stringify(plain)}`);
        seen[asking === 'injected' ? 'injected' : 'refused'] += 1;
        seen.plain += 1;
        await pause(100);
      }
      over.abort();
      const killed = await killing;
      demand(seen.injected > 0, 'no pod was made');
      return `${killed} killed; of 60 that asked ${seen.injected} got it and ${seen.refused} were refused; 60 of 60 others were made`;
    },
  },
  {
    what: 'no injector at all: a pod that asks is refused, another one is made',
    run: async (stand) => {
      await scale(stand, 0);
      await until('no injector', async () => (await injectorPods(stand)).length === 0);
      // Its pods are refused, and its controller tries again.
      await stand.cluster.apply([WORKLOADS.Deployment?.('waits', ASKS) ?? {}]);
      return await bothWays(stand, 'down', /failed calling webhook/);
    },
  },
  {
    what: 'an injector that never answers: a pod that asks is refused in time, another one is made at once',
    run: async (stand) => {
      const { seconds } = await standIn(stand, 'slow', 2);
      const begin = Date.now();
      const told = await bothWays(stand, 'slow', /deadline exceeded|context deadline|timeout/i);
      const took = (Date.now() - begin) / 1000;
      demand(took < seconds + 5, `it took ${took} s`);
      return `${told}; timeoutSeconds: ${seconds}`;
    },
  },
  {
    what: 'an injector whose certificate has expired: a pod that asks is refused, another one is made',
    run: async (stand) => {
      await standIn(stand, 'expired', -2);
      return await bothWays(stand, 'expired', /certificate has expired/);
    },
  },
  {
    what: 'the injector is back, and by itself is trusted again',
    run: async (stand) => {
      const { cluster } = stand;
      await selectPods(stand, undefined);
      await cluster.kubectl('-n', NAMESPACE, 'delete', 'pod', 'slow', 'expired', '--ignore-not-found');
      await scale(stand, 2);
      await until(
        'a pod gets its proxy',
        async () => (await make(cluster.api, 'back', ASKS)) === 'injected',
        90,
      );
      await until(
        'the Deployment has its pods',
        async () => {
          const pods = podsOf(await cluster.api.list<Pod>(PODS), 'waits');
          demand(
            pods.every((one) => sidecarOf(one)),
            'a pod without its proxy',
          );
          return pods.length === EXPECTED.Deployment;
        },
        120,
      );
      return 'a Deployment that was made meanwhile has its pods, each with its proxy';
    },
  },
];

async function killUntil(stand: Stand, over: AbortSignal): Promise<number> {
  let killed = 0;
  for (; !over.aborted; killed += 1) {
    const [first] = await injectorPods(stand);
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${first?.metadata.name}`;
    if (first) await stand.cluster.api.remove(path, { gracePeriodSeconds: 0 });
    await pause(1500);
  }
  return killed;
}

type Outcome = 'injected' | 'plain' | { readonly refused: string };

async function make(api: Api, name: string, labels: object): Promise<Outcome> {
  try {
    const made = await api.create<Pod>(PODS, pod(name, labels));
    return sidecarOf(made) ? 'injected' : 'plain';
  } catch (error) {
    return { refused: String(error) };
  }
}

async function bothWays({ cluster }: Stand, name: string, reason: RegExp): Promise<string> {
  const plain = await make(cluster.api, `${name}-plain`, {});
  demand(plain === 'plain', `the pod that does not ask: ${JSON.stringify(plain)}`);
  const asking = await make(cluster.api, `${name}-asks`, ASKS);
  demand(
    typeof asking === 'object' && reason.test(asking.refused),
    `the pod that asks: ${JSON.stringify(asking)}`,
  );
  return reason.exec(JSON.stringify(asking))?.[0] ?? '';
}

async function injectorPods({ cluster }: Stand): Promise<readonly Pod[]> {
  const own = (await cluster.api.list<Pod>(`/api/v1/namespaces/${NAMESPACE}/pods`)) ?? [];
  return own.filter(({ spec }) => spec.containers.some(({ args }) => args?.[0] === 'inject'));
}

async function scale({ cluster }: Stand, replicas: number): Promise<void> {
  await cluster.kubectl('-n', NAMESPACE, 'scale', 'deployment', '--all', `--replicas=${replicas}`);
}

let selected: { readonly path: string; readonly selector: object } | undefined;

/** Sends the webhook's Service to other pods, or back to its own. */
async function selectPods(
  { cluster }: Stand,
  selector: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  if (!selected) {
    const [hook] = await ours(cluster.api);
    const path = `/api/v1/namespaces/${NAMESPACE}/services/${hook?.webhooks[0]?.clientConfig.service?.name}`;
    const { spec } = await cluster.api.get<{ spec: { selector: object } }>(path);
    selected = { path, selector: spec.selector };
  }
  const gone = Object.fromEntries(
    Object.keys({ ...selected.selector, webhook: '' }).map((name) => [name, null]),
  );
  await cluster.api.merge(selected.path, {
    spec: { selector: { ...gone, ...(selector ?? selected.selector) } },
  });
}

async function ours(api: Api): Promise<readonly Webhooks[]> {
  const all = await api.list<Webhooks>(WEBHOOKS);
  return all.filter(({ webhooks }) =>
    webhooks.some((one) => one.clientConfig.service?.namespace === NAMESPACE),
  );
}

/** Puts a webhook that never answers in the injector's place, with a certificate that is trusted and good for some days. */
async function standIn(stand: Stand, name: string, days: number): Promise<{ readonly seconds: number }> {
  const { cluster } = stand;
  const [hook] = await ours(cluster.api);
  const service = hook?.webhooks[0]?.clientConfig.service;
  if (!hook || !service) throw new Error('no webhook of the injector');
  const names = [`${service.name}.${service.namespace}.svc`];
  const now = days < 0 ? new Date(Date.now() - 10 * 86_400_000) : new Date();
  const pair = await makeSelfSigned({ names, addresses: [], days: Math.abs(days), now });
  const program = await readFile(join(import.meta.dirname, '../clients/bad-webhook.py'), 'utf8');
  await cluster.apply([
    configMap(NAMESPACE, 'ca', {}),
    configMap(NAMESPACE, 'bad-webhook', { 'bad-webhook.py': program }),
    secret(NAMESPACE, name, { 'tls.crt': pair.cert, 'tls.key': pair.key }),
  ]);
  await cluster.api.create(`/api/v1/namespaces/${NAMESPACE}/pods`, badWebhook(name));
  await cluster.kubectl('-n', NAMESPACE, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s');
  await selectPods(stand, { webhook: name });
  const caBundle = Buffer.from(pair.cert).toString('base64');
  for (const index of hook.webhooks.keys()) {
    const patch = JSON.stringify([
      { op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle },
    ]);
    await cluster.kubectl(
      'patch',
      'mutatingwebhookconfiguration',
      hook.metadata.name,
      '--type=json',
      '-p',
      patch,
    );
  }
  // The API server and the Service take a moment to see it.
  await pause(3000);
  return { seconds: hook.webhooks[0]?.timeoutSeconds ?? 10 };
}

function badWebhook(name: string): object {
  const { spec } = clientTemplate({
    namespace: NAMESPACE,
    name,
    command: ['python3', '/files/bad-webhook.py'],
    as: { accessKeyId: 'unused', secretAccessKey: 'unused' },
    files: 'bad-webhook',
  }) as { spec: { containers: [{ volumeMounts: object[] }]; volumes: object[] } };
  const [container] = spec.containers;
  const tls = { name: 'tls', mountPath: '/tls', readOnly: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { webhook: name } },
    spec: {
      ...spec,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          ...container,
          ports: [{ name: 'https', containerPort: 8443 }],
          readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 },
          volumeMounts: [...container.volumeMounts, tls],
        },
      ],
      volumes: [...spec.volumes, { name: 'tls', secret: { secretName: name, defaultMode: 0o400 } }],
    },
  };
}
