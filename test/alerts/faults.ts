import type { Behaviour } from './store.ts';

/** One way in which a proxy or what is around it fails, and all alerts that fire for it: no other may. */
export interface Fault {
  readonly name: string;
  readonly fires: readonly string[];
  readonly store?: Behaviour;
  /** Lines of the config beside those that every fault has. */
  readonly config?: string;
  readonly workers?: number;
  /** Of the one listener; by default it wants no signature. */
  readonly listen?: 'plain' | 'signed' | 'tls';
  /** How long the certificate of that is good from now on, in days. */
  readonly days?: number;
  /** What clients do; several do it at once. */
  readonly clients?: Clients;
  /** How many clients. */
  readonly many?: number;
  /** What happens to the process. */
  readonly process?: 'log on a full disk' | 'stopped again and again' | 'broken config';
}

/**
 * `leave`: they give up after half a second. `turned`: one of two has an old secret. `distrust`: TLS, without the CA; `leave on
 * distrust`: and without a word. `both stores, seldom`: the other one gets seven requests in all.
 */
type Clients =
  | 'read and write'
  | 'read'
  | 'head'
  | 'leave'
  | 'turned'
  | 'distrust'
  | 'leave on distrust'
  | 'both stores'
  | 'both stores, seldom'
  | 'secret';

const COLD = `upstreams:
  cold:
    endpoint: http://127.0.0.1:CLOSED
    insecure: true
    region: eu-test-1
    provider: aws
    addressing: path
    credentials: { accessKeyId: store, secretAccessKey: { env: STORE_SECRET } }
`;

export const FAULTS: readonly Fault[] = [
  { name: 'none', fires: [] },
  { name: 'none-with-two-workers', workers: 2, fires: [] },
  {
    name: 'store-breaks-off',
    store: { kind: 'breaks off' },
    clients: 'read',
    fires: ['SsecProxyRequestsFail', 'SsecProxyStoreSilent'],
  },
  {
    name: 'store-hangs-with-two-workers',
    workers: 2,
    store: { kind: 'hangs' },
    clients: 'leave',
    fires: ['SsecProxyClientsLeave', 'SsecProxyStoreSilent'],
  },
  {
    name: 'store-denies-every-head',
    store: { kind: 'refuses', code: 'InvalidAccessKeyId' },
    clients: 'head',
    fires: ['SsecProxyStoreRefusesProxy'],
  },
  {
    name: 'one-of-two-stores-down-with-two-workers',
    workers: 2,
    config: COLD,
    clients: 'both stores, seldom',
    fires: ['SsecProxyStoreUnreachable'],
  },
  {
    name: 'certificate-not-trusted-without-a-word',
    listen: 'tls',
    clients: 'leave on distrust',
    fires: ['SsecProxyCertificateNotTrusted'],
  },
  {
    name: 'audit-lost-with-two-workers',
    workers: 2,
    config: 'audit: { to: /dev/full, onFailure: serve, buffer: 64KiB }\n',
    fires: ['SsecProxyAuditFails'],
  },
  {
    name: 'store-hangs',
    store: { kind: 'hangs' },
    clients: 'leave',
    fires: ['SsecProxyClientsLeave', 'SsecProxyStoreSilent'],
  },
  {
    name: 'store-refuses-credentials',
    store: { kind: 'refuses', code: 'InvalidAccessKeyId' },
    fires: ['SsecProxyRequestsFail', 'SsecProxyStoreRefusesProxy'],
  },
  {
    name: 'one-of-two-stores-down',
    config: COLD,
    clients: 'both stores',
    fires: ['SsecProxyRequestsFail', 'SsecProxyStoreUnreachable'],
  },
  { name: 'secret-turned-over', listen: 'signed', clients: 'turned', fires: ['SsecProxyClientLoginFails'] },
  {
    name: 'certificate-not-trusted',
    listen: 'tls',
    clients: 'distrust',
    fires: ['SsecProxyCertificateNotTrusted'],
  },
  { name: 'certificate-ends', listen: 'tls', days: 3, fires: ['SsecProxyCertificateEnds'] },
  {
    name: 'key-missing',
    config: 'GONE',
    clients: 'secret',
    fires: ['SsecProxyKeyMissing', 'SsecProxyKeyStoreDown', 'SsecProxyRequestsFail'],
  },
  { name: 'log-on-a-full-disk', process: 'log on a full disk', fires: ['SsecProxyLogLost'] },
  {
    name: 'audit-refuses',
    config: 'audit: { to: /dev/full, onFailure: refuse }\n',
    fires: ['SsecProxyAuditFails', 'SsecProxyRequestsFail'],
  },
  {
    name: 'audit-lost',
    config: 'audit: { to: /dev/full, onFailure: serve, buffer: 64KiB }\n',
    fires: ['SsecProxyAuditFails'],
  },
  {
    name: 'encryption-unproven',
    store: { kind: 'unproven' },
    clients: 'secret',
    fires: ['SsecProxyBucketDistrusted', 'SsecProxyEncryptionUnproven', 'SsecProxyRequestsFail'],
  },
  {
    name: 'client-limit',
    store: { kind: 'slow', ms: 200 },
    config: 'limits: { requestsPerClient: 2 }\n',
    many: 8,
    fires: ['SsecProxyClientLimitReached', 'SsecProxyRequestsFail'],
  },
  {
    name: 'store-connections-used-up',
    store: { kind: 'slow', ms: 300 },
    config: 'FEW',
    many: 8,
    fires: ['SsecProxyRequestsFail', 'SsecProxyStoreConnectionsUsedUp'],
  },
  {
    name: 'store-slow',
    store: { kind: 'slow', ms: 3000 },
    clients: 'read',
    many: 16,
    fires: ['SsecProxyStoreSlow'],
  },
  { name: 'proxy-slow', process: 'stopped again and again', fires: ['SsecProxyBusy'] },
  { name: 'config-broken', process: 'broken config', fires: ['SsecProxyConfigNotLoaded'] },
];

/** Alerts that no fault here makes, and why. */
export const UNTRIED: Readonly<Record<string, string>> = {
  SsecProxyConfigsDiffer: 'compares several replicas; a record is of one',
  SsecProxyWorkersMissing: 'a worker that ends is replaced before the time of the rule is over',
};
