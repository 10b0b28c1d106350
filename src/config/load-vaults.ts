import { createHash } from 'node:crypto';
import type { VaultServer } from '../keys/stores/vault/api.ts';
import type { VaultAuth } from '../keys/stores/vault/auth.ts';
import { Secret } from '../secret.ts';
import type { Names } from '../upstream/names/names.ts';
import { parseDuration } from './duration.ts';
import { parseEndpoint } from './endpoint.ts';
import type { LoadedVault } from './loaded.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import type { SalvagedConfig } from './semantics.ts';
import type { Sources } from './sources.ts';
import { checkAuthorities } from './tls.ts';

interface VaultContext {
  readonly sources: Sources;
  readonly report: Report;
  readonly names: Pick<Names, 'lookupFor'>;
  /** What others lack is not reported; undefined means that all are needed. */
  readonly needed: ReadonlySet<string | undefined> | undefined;
}

/** The vaults that the config describes in full, by name, with their authorities and credentials read. */
export async function loadVaults(
  { vaults }: SalvagedConfig,
  context: VaultContext,
): Promise<ReadonlyMap<string, LoadedVault>> {
  const loaded = new Map<string, LoadedVault>();
  for (const [name, spec] of Object.entries(vaults ?? {})) {
    const path: Path = ['vaults', name];
    const isNeeded = context.needed?.has(name) !== false;
    const sources = isNeeded ? context.sources : context.sources.silently;
    const server = spec && (await loadServer(spec, path, { ...context, sources }));
    const auth = spec?.auth && (await loadAuth(spec.auth, [...path, 'auth'], sources));
    if (server === undefined || auth === undefined) continue;
    loaded.set(name, { settings: { server, auth }, identity: identityOf(server, auth) });
  }
  return loaded;
}

type VaultSpec = Salvaged<Config['vaults'][string]>;

async function loadServer(
  { address, namespace, ca, timeout, requests }: VaultSpec,
  path: Path,
  { sources, report, names }: Omit<VaultContext, 'sources'> & { readonly sources: Sources['silently'] },
): Promise<VaultServer | undefined> {
  const caPath: Path = [...path, 'ca'];
  const content = await sources.file(ca, caPath);
  const authorities = content === undefined ? undefined : checkAuthorities(content, caPath, report);
  const parsed = address === undefined ? undefined : parseEndpoint(address);
  const milliseconds = timeout === undefined ? undefined : parseDuration(timeout);
  if (parsed?.kind !== 'endpoint' || milliseconds === undefined || requests === undefined) return undefined;
  const { protocol, hostname, port, basePath } = parsed.endpoint;
  return {
    protocol,
    hostname,
    port,
    basePath,
    namespace,
    ca: authorities,
    timeout: milliseconds,
    requests,
    lookup: names.lookupFor(protocol),
  };
}

async function loadAuth(
  { token, appRole, kubernetes }: NonNullable<VaultSpec['auth']>,
  path: Path,
  sources: Sources['silently'],
): Promise<VaultAuth | undefined> {
  if (appRole?.mount !== undefined) {
    const roleId = await sources.secret(appRole.roleId, [...path, 'appRole', 'roleId']);
    const secretId = await sources.secret(appRole.secretId, [...path, 'appRole', 'secretId']);
    const { mount } = appRole;
    return roleId && secretId && { kind: 'appRole', mount, roleId, secretId };
  }
  if (kubernetes?.mount !== undefined) {
    const { role, jwt, mount } = kubernetes;
    return role === undefined || jwt === undefined
      ? undefined
      : { kind: 'kubernetes', mount, role, jwt: sources.fullPath(jwt) };
  }
  const own = token === undefined ? undefined : await sources.secret(token, [...path, 'token']);
  return own && { kind: 'token', token: own };
}

function identityOf(server: VaultServer, auth: VaultAuth): string {
  const parts = [...Object.values({ ...server, lookup: undefined }), ...Object.entries(auth).flat()];
  const text = JSON.stringify(parts.map((part) => (part instanceof Secret ? part.reveal() : (part ?? null))));
  return createHash('sha256').update(text).digest('hex');
}
