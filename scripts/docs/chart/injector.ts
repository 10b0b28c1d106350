import { z } from 'zod';
import { CIDR, kubernetes, name, names, onlyIf, Port, Quantity } from './scalars.ts';

const Amounts = z.strictObject({ cpu: Quantity, memory: Quantity }).partial();

/** The values under `injector`. */
export const InjectorSchema = onlyIf({
  profiles: z.array(z.string().regex(/^(\*|[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?)$/)).min(1),
  image: z.string().regex(/^\S*$/),
  allowImages: z.array(z.string().regex(/^\S+$/)),
  replicas: z.int().min(1),
  namespaceSelector: kubernetes(),
  certManager: onlyIf({
    issuerRef: z.strictObject({ name: z.string(), kind: z.string(), group: z.string() }).partial(),
  }),
  networkPolicy: onlyIf({
    apiServers: z.array(z.string().regex(CIDR)),
    apiServerPorts: z.array(Port).min(1),
  }),
  resources: z.strictObject({ requests: Amounts, limits: Amounts }).partial(),
  priorityClassName: name(),
  nodeSelector: names(),
  tolerations: z.array(kubernetes()),
});
