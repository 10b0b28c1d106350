import { haveCommonMatch } from '../rules/glob.ts';
import { type Path, pathText, type Report } from './problem.ts';
import { type RingEntryText, wholeEntry } from './ring-entry.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** Finds what is allowed and does nothing: a proxy that refuses or encrypts nothing, and options without an effect. */
export function checkUsefulness(config: Salvaged<Config>, report: Report): void {
  checkAnyRule(config, report);
  checkListenerOptions(config, report);
  checkClientOptions(config, report);
  checkGrants(config, report);
  checkSameStore(config, report);
  checkRingOrder(config, report);
  checkObsNames(config, report);
  if (config.log?.level === 'silent')
    report.warn(['log', 'level'], 'nothing is logged, errors included', 'write fatal or error');
}

function checkAnyRule({ rules, default: byDefault }: Salvaged<Config>, report: Report): void {
  if (rules === undefined || byDefault === undefined) return;
  if (rules.length === 0 && byDefault === 'deny')
    report.fault(
      ['rules'],
      'there are no rules, and default: deny: every request for a bucket is refused',
      'add a rule, as in - { match: { bucket: NAME }, encrypt: [KEY-ID] }',
    );
  else if (rules.every((rule) => rule?.encrypt === 'off'))
    report.warn(['rules'], 'no rule encrypts, so every object is stored in plain', 'add a rule with encrypt');
}

/** With path style the SDKs of OBS sign as AWS does, and so they do where the endpoint is an address. */
function checkObsNames({ obs, domains, customDomains }: Salvaged<Config>, report: Report): void {
  if (obs !== true || domains === undefined || customDomains === undefined) return;
  if (domains.length > 0 || Object.keys(customDomains).length > 0) return;
  report.warn(
    ['obs'],
    'has no domains: with the signature of OBS its SDKs put the bucket into the host name',
    'add domains with the host name of this proxy, and a certificate and DNS for *.NAME',
  );
}

function checkListenerOptions({ listen, clients, rules }: Salvaged<Config>, report: Report): void {
  for (const [index, listener] of (listen ?? []).entries()) {
    const path: Path = ['listen', index];
    if (listener?.tls !== undefined && listener.insecure === true)
      report.warn([...path, 'insecure'], 'has no effect with tls', 'remove it');
    if (listener?.mode !== undefined && !listener.address?.startsWith('unix:'))
      report.warn([...path, 'mode'], 'has no effect but for a unix socket', 'remove it');
    if (listener?.admin === true && listener.auth === 'sigv4')
      report.warn([...path, 'admin'], 'has no effect with auth: sigv4', 'set admin of a client');
  }
  const named = (clients ?? []).findIndex((client) => client !== undefined && client.anonymous !== true);
  const open = listen !== undefined && listen.length > 0 && listen.every((one) => one?.auth === 'none');
  if (open && named >= 0 && rules !== undefined)
    report.warn(
      ['clients', named],
      'no listener asks who a client is: each has auth: none',
      'remove the clients, or add a listener with auth: sigv4',
    );
}

function checkClientOptions({ clients, upstream }: Salvaged<Config>, report: Report): void {
  for (const [index, client] of (clients ?? []).entries()) {
    if (client === undefined) continue;
    const path: Path = ['clients', index];
    if (client.allow?.length === 0 && client.admin !== true)
      report.warn(
        [...path, 'allow'],
        'is empty, so the client may do nothing',
        'add grants, or remove allow',
      );
    if (client.publicUrl === undefined) continue;
    const url = URL.parse(client.publicUrl);
    const store = upstream?.endpoint === undefined ? undefined : URL.parse(upstream.endpoint);
    if (url !== null && store?.host === url.host)
      report.fault([...path, 'publicUrl'], 'this is the store, not the proxy', 'write the URL of the proxy');
    else if (url !== null && url.href !== `${url.origin}/`)
      report.warn([...path, 'publicUrl'], 'only the host of it counts', 'remove what is around the host');
  }
}

/** Grants are for buckets that rules name: with `default: deny` nothing else is served. */
function checkGrants({ clients, rules, default: byDefault }: Salvaged<Config>, report: Report): void {
  const patterns = (rules ?? []).map((rule) => rule?.match?.bucket);
  for (const [index, client] of (clients ?? []).entries()) {
    const twins = twinsOf(client?.allow ?? []);
    for (const [place, grant] of (client?.allow ?? []).entries()) {
      const path: Path = ['clients', index, 'allow', place];
      if (grant?.prefix?.startsWith('/'))
        report.warn(
          [...path, 'prefix'],
          'begins with "/", but object keys seldom do',
          'remove the "/" unless the object keys begin with it too',
        );
      if (grant?.prefix?.endsWith('*'))
        report.warn([...path, 'prefix'], 'the "*" is literal: a prefix is not a glob', 'remove it');
      const bucket = grant?.bucket;
      if (bucket === undefined) continue;
      if (/[^A-Za-z0-9._*?-]/.test(bucket))
        report.error(
          [...path, 'bucket'],
          'has characters that no bucket name has',
          'put a prefix into prefix of the grant',
        );
      const twin = twins[place];
      if (twin !== undefined)
        report.warn(path, `${pathText(['clients', index, 'allow', twin])} allows the same`, 'remove one');
      if (byDefault !== 'deny' || patterns.length === 0 || patterns.includes(undefined)) continue;
      if (!patterns.some((pattern) => haveCommonMatch(pattern ?? '', bucket)))
        report.warn(
          [...path, 'bucket'],
          'no rule matches such a bucket, so that requests to it are refused (default: deny)',
          'add a rule for it, or remove the grant',
        );
    }
  }
}

type Grants = NonNullable<NonNullable<Salvaged<Config>['clients']>[number]>['allow'];

/** The place of the first grant that says the same, for each grant that is not that one. */
function twinsOf(grants: NonNullable<Grants>): readonly (number | undefined)[] {
  const first = new Map<string, number>();
  return grants.map((grant, place) => {
    const text = JSON.stringify(grant);
    const twin = first.get(text);
    if (twin === undefined) first.set(text, place);
    return twin;
  });
}

function checkSameStore({ upstream, upstreams }: Salvaged<Config>, report: Report): void {
  const seen = new Map<string, string>();
  const all = [['upstream', upstream] as const, ...Object.entries(upstreams ?? {})];
  for (const [id, one] of all) {
    if (one?.endpoint === undefined || !one.credentials) continue;
    const text = JSON.stringify([one.endpoint, one.credentials]);
    const twin = seen.get(text);
    if (twin === undefined) seen.set(text, id === 'upstream' ? 'upstream' : `upstreams.${id}`);
    else
      report.warn(
        ['upstreams', id],
        `is the same store as ${twin}, with the same credentials`,
        'remove one of them',
      );
  }
}

/** The first key of a ring writes: of keys that count years or versions, the last one. */
function checkRingOrder({ rules }: Salvaged<Config>, report: Report): void {
  for (const [index, rule] of (rules ?? []).entries()) {
    if (rule?.encrypt === undefined || rule.encrypt === 'off') continue;
    const [first, ...others] = rule.encrypt.map(counted);
    const newer =
      first &&
      others.find((one) => one !== undefined && one.stem === first.stem && one.number > first.number);
    if (newer)
      report.warn(
        ['rules', index, 'encrypt', 0],
        `"${first.id}" encrypts, although "${newer.id}" looks newer: the first key of a ring writes`,
        'put the newest key first',
      );
  }
}

function counted(entry: RingEntryText | undefined) {
  const id = entry === undefined ? undefined : wholeEntry(entry).key;
  const [, stem, digits] = /^(.*?[^\d])?(\d{1,8})$/.exec(id ?? '') ?? [];
  return id === undefined || digits === undefined ? undefined : { id, stem, number: Number(digits) };
}
