import { haveCommonMatch } from '../rules/glob.ts';
import { type Path, pathText, type Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

type Clients = NonNullable<Salvaged<Config>['clients']>;
type Client = NonNullable<Clients[number]>;

/** A client has credentials, or it is the one that stands for everybody without any. */
export function checkClients(config: Salvaged<Config>, report: Report): void {
  let first: number | undefined;
  for (const [index, client] of (config.clients ?? []).entries()) {
    if (client === undefined) continue;
    const path: Path = ['clients', index];
    if (client.certificate !== undefined && !config.listen?.some((one) => one?.tls?.clientCa !== undefined))
      report.error(
        [...path, 'certificate'],
        'no listener asks for client certificates, so nobody can be this client',
        'add tls.clientCa to a listener',
      );
    if (client.anonymous !== true) {
      // A broken field is there and has been reported.
      for (const name of ['accessKeyId', 'secretAccessKey'] as const)
        if (!(name in client)) report.error([...path, name], 'is missing');
      continue;
    }
    if (first !== undefined)
      report.error(path, `${pathText(['clients', first])} is anonymous already`, 'join their allow');
    first ??= index;
    checkAnonymous(client, path, report);
    warnOfDecryption(client, path, config, report);
  }
}

/** What somebody whom nobody knows can't have. */
const NOT_ANONYMOUS = [
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'publicUrl',
  'certificate',
  'upstream',
] as const satisfies readonly (keyof Client)[];

function checkAnonymous(client: Client, path: Path, report: Report): void {
  for (const name of NOT_ANONYMOUS)
    if (name in client) report.error([...path, name], 'an anonymous client has none', 'remove it');
  if (Object.keys(client.upstreams ?? {}).length > 0)
    report.error([...path, 'upstreams'], 'an anonymous client has none', 'remove it');
  if (client.admin === true) report.error([...path, 'admin'], 'an anonymous client is not an administrator');
  if (!('allow' in client))
    report.error(
      [...path, 'allow'],
      'is missing: an anonymous client may do what is written here and no more',
    );
  for (const [index, grant] of (client.allow ?? []).entries()) {
    for (const action of grant?.actions ?? []) {
      if (action === undefined || action === 'read' || action === 'list') continue;
      report.error(
        [...path, 'allow', index, 'actions'],
        `an anonymous client can't have ${action}`,
        'leave read, and list if everybody may see the names',
      );
    }
  }
}

/** What a rule encrypts is decrypted for anyone who asks: that may be meant, and has to be known. */
function warnOfDecryption(client: Client, path: Path, { rules }: Salvaged<Config>, report: Report): void {
  for (const [index, grant] of (client.allow ?? []).entries()) {
    const { bucket, prefix } = grant ?? {};
    if (bucket === undefined || prefix === undefined) continue;
    const found = (rules ?? []).findIndex((rule) => {
      if (rule?.encrypt === undefined || rule.encrypt === 'off') return false;
      const { bucket: ruled, prefix: below } = rule.match ?? {};
      if (ruled === undefined || below === undefined || !haveCommonMatch(bucket, ruled)) return false;
      return prefix.startsWith(below) || below.startsWith(prefix);
    });
    if (found < 0) continue;
    report.warn(
      [...path, 'allow', index],
      `anonymous requests get objects in plain that ${pathText(['rules', found])} encrypts`,
      'remove the grant, or narrow its prefix, unless everybody may read them',
    );
  }
}
