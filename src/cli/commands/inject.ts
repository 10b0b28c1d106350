import type { CommandSpec } from '../command.ts';
import type { InjectAsked } from '../inject.ts';
import { FILE, TEXT } from '../values.ts';

export const INJECT: CommandSpec<InjectAsked> = {
  name: 'inject',
  summary: 'put the proxy as a sidecar into pods of Kubernetes that ask for it',
  description:
    'Serves an admission webhook of Kubernetes, 1.29 or newer, until SIGTERM or SIGINT. A pod with the label ssec-proxy.io/inject: NAME gets the proxy as a native sidecar, by the profile of that name: the ConfigMap ssec-proxy-NAME of its namespace. A pod that asks and cannot have it is refused, with the reason. The chart in deploy/chart sets it up.',
  arguments: [],
  options: [
    {
      flag: '--image',
      description: 'the image of the sidecar',
      value: { ...TEXT, name: 'image' },
      required: true,
    },
    {
      flag: '--allow-image',
      description: 'an image that a profile may name in its place; may be given again',
      value: { ...TEXT, name: 'image' },
      many: true,
    },
    {
      flag: '--listen',
      description: 'where it listens, with TLS',
      value: { ...TEXT, name: 'host:port' },
      default: '0.0.0.0:8443',
    },
    {
      flag: '--cert',
      description:
        'serve with this certificate, which somebody else renews; it is read again when it changes',
      value: { ...FILE, name: 'file' },
      needs: '--key',
    },
    {
      flag: '--key',
      description: 'the private key of the certificate',
      value: { ...FILE, name: 'file' },
      needs: '--cert',
    },
    {
      flag: '--secret',
      description:
        'make and renew the certificate, and keep it in this Secret of its namespace, which all replicas share',
      value: { ...TEXT, name: 'name' },
      needs: '--configuration',
      conflicts: '--cert',
    },
    {
      flag: '--configuration',
      description: 'the MutatingWebhookConfiguration, whose caBundle is then kept',
      value: { ...TEXT, name: 'name' },
      needs: '--secret',
    },
    {
      flag: '--host',
      description: 'a name or an address in that certificate, which API servers call; may be given again',
      value: { ...TEXT, name: 'host' },
      many: true,
      needs: '--secret',
    },
    {
      flag: '--service-account',
      description: 'the folder with token, ca.crt and namespace, for the API server',
      value: { ...FILE, name: 'folder' },
      default: '/var/run/secrets/kubernetes.io/serviceaccount',
    },
  ],
  examples: [
    {
      does: 'with a certificate of cert-manager',
      line: 'ssec-proxy inject --image ssec-proxy:0.1.0 --cert /tls/tls.crt --key /tls/tls.key',
    },
    {
      does: 'with a certificate of its own',
      line: 'ssec-proxy inject --image ssec-proxy:0.1.0 --secret tls --configuration injector --host injector.storage.svc',
    },
  ],
  exitCodes: {
    0: 'it was ended by a signal',
    1: "it has no certificate, or the address can't be opened",
    2: 'wrong command line',
  },
  connects: true,
  action: async () => (await import('../inject.ts')).inject,
};
