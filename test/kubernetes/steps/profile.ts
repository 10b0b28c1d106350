import { randomBytes } from 'node:crypto';
import { configMap, keySecret, namespace, proxyConfig, secret } from '../manifests.ts';
import type { Stand } from '../stand.ts';

export const APPS = 'apps';
export const PROFILE = 'app';
export const ASKS = { 'ssec-proxy.io/inject': PROFILE };
export const ENDPOINT = 'http://127.0.0.1:8080';

/** A namespace with a profile and what it names. */
export function profile(stand: Stand): readonly object[] {
  const { tls, store } = stand;
  const { clients: _, ...rest } = proxyConfig(stand, ['app']) as Record<string, unknown>;
  const config = {
    ...rest,
    listen: [{ address: '127.0.0.1:8080', auth: 'none' }],
    // Probes come from outside the pod.
    admin: { address: '0.0.0.0:8990', open: true },
    drain: '5s',
  };
  const inject = {
    secrets: [
      { name: 'app-keys', path: '/keys' },
      { name: 'app-upstream', path: '/secrets/upstream' },
      { name: 'app-ca', path: '/secrets/ca' },
    ],
    endpoint: { containers: 'all' },
  };
  return [
    namespace(APPS),
    configMap(APPS, 'ca', { 'ca.crt': tls.ca }),
    keySecret(APPS, 'app-keys', { app: randomBytes(32) }),
    secret(APPS, 'app-upstream', { ...store }),
    secret(APPS, 'app-ca', { 'ca.crt': tls.ca }),
    configMap(APPS, `ssec-proxy-${PROFILE}`, {
      'config.yaml': JSON.stringify(config),
      'inject.yaml': JSON.stringify(inject),
    }),
  ];
}
