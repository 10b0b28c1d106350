import type { Api } from '../cluster/api.ts';
import type { Container, Data, EnvVar, Pod } from '../cluster/objects.ts';

/** The environment of a container as the kubelet makes it. Throws where a name that it needs is not there. */
export async function environmentOf(
  api: Api,
  pod: Pod,
  container: Container,
  own: readonly string[],
  service: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const env: Record<string, string> = { ...service };
  for (const text of own) {
    const cut = text.indexOf('=');
    env[text.slice(0, cut)] = text.slice(cut + 1);
  }
  for (const { prefix = '', secretRef, configMapRef } of container.envFrom ?? []) {
    const values = secretRef
      ? await secretValues(api, pod, secretRef.name)
      : await mapValues(api, pod, configMapRef?.name ?? '');
    for (const [name, value] of Object.entries(values)) env[prefix + name] = value;
  }
  for (const one of container.env ?? []) env[one.name] = await valueOfVar(api, pod, one, env);
  return env;
}

/** `$(NAME)` becomes the value, `$$(NAME)` the text; what is unknown stays. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name?: string) =>
    name === undefined ? '$' : (env[name] ?? whole),
  );
}

async function valueOfVar(
  api: Api,
  pod: Pod,
  { name, value, valueFrom }: EnvVar,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  if (!valueFrom) return expand(value ?? '', env);
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath);
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference) throw new Error(`env ${name}: this kubelet knows no such source`);
  const values = await (secretKeyRef ? secretValues : mapValues)(api, pod, reference.name);
  const found = values[reference.key];
  if (found === undefined && !reference.optional) throw new Error(`env ${name}: no ${reference.key}`);
  return found ?? '';
}

export function fieldOf({ metadata, spec, status }: Pod, path: string): string {
  const [, kind, name = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (kind) return metadata[kind as 'labels' | 'annotations']?.[name] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status?.podIP,
  };
  const found = fields[path];
  if (found === undefined) throw new Error(`this kubelet knows no field ${path}`);
  return found;
}

async function secretValues(api: Api, { metadata }: Pod, name: string): Promise<Record<string, string>> {
  const { data = {} } = await api.get<Data>(`/api/v1/namespaces/${metadata.namespace}/secrets/${name}`);
  const pairs = Object.entries(data);
  return Object.fromEntries(
    pairs.map(([name, text]) => [name, Buffer.from(text, 'base64').toString('utf8')]),
  );
}

async function mapValues(api: Api, { metadata }: Pod, name: string): Promise<Record<string, string>> {
  const { data = {} } = await api.get<Data>(`/api/v1/namespaces/${metadata.namespace}/configmaps/${name}`);
  return { ...data };
}
