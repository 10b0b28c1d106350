import { isIP } from 'node:net';
import { wordsOf } from './hosts-file.ts';

/** What resolv.conf(5) says of how to ask. */
export interface ResolvConf {
  readonly nameservers: readonly string[];
  /** The domains that are appended to a name. */
  readonly search: readonly string[];
  /** A name with so many dots is asked for unchanged first. */
  readonly ndots: number;
  /** How long one server may take, in milliseconds. */
  readonly timeout: number;
  /** How often each server is asked. */
  readonly attempts: number;
}

/** What a process has beside the file. */
export interface Host {
  /** Of the machine. Its domain is searched when nothing else says what to search. */
  readonly hostname: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** `MAXNS` of glibc: it ignores further servers. */
const MAX_NAMESERVERS = 3;
/** glibc has no limit since 2.26. Each domain is two more questions for a name that is not there. */
const MAX_SEARCH = 32;
/** glibc has 15 and 5. */
const MAX_NDOTS = 15;
const MAX_ATTEMPTS = 5;
/** glibc waits 5 s for the first server by default, and up to 30 s: the client does not wait so long. */
const DEFAULT_TIMEOUT_S = 2;
const MAX_TIMEOUT_S = 5;

/** Reads a resolv.conf, and `LOCALDOMAIN` and `RES_OPTIONS` of the environment, as glibc does. */
export function parseResolvConf(text: string, { hostname, environment }: Host): ResolvConf {
  const nameservers: string[] = [];
  let search: readonly string[] | undefined;
  const options: string[] = [];
  for (const line of text.split('\n')) {
    // A comment has its mark in the first column. "The keyword and value must appear on a single line, and the keyword
    // must start the line."
    if (/^[#; \t]/.test(line)) continue;
    const [keyword, ...values] = wordsOf(line);
    if (keyword === 'nameserver' && isIP(values[0] ?? '') !== 0) nameservers.push(values[0] as string);
    // "The domain directive is an obsolete name for the search directive that handles one search list entry only." "If more
    // than one instance of these keywords is present, the last instance wins."
    if (keyword === 'domain') search = values.slice(0, 1);
    if (keyword === 'search') search = values;
    if (keyword === 'options') for (const value of values) options.push(value);
  }
  const { LOCALDOMAIN, RES_OPTIONS } = environment;
  if (LOCALDOMAIN) search = wordsOf(LOCALDOMAIN);
  for (const value of wordsOf(RES_OPTIONS ?? '')) options.push(value);
  return {
    // "If no nameserver entries are present, the default is to use the name server on the local machine."
    nameservers: nameservers.length === 0 ? ['127.0.0.1'] : nameservers.slice(0, MAX_NAMESERVERS),
    search: (search ?? domainOf(hostname)).slice(0, MAX_SEARCH).map(withoutDot),
    ...numbersOf(options),
  };
}

/** The names to ask for, in this order, none of them with a dot at its end. */
export function candidatesOf(name: string, { search, ndots }: ResolvConf): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const searched = search.map((domain) => (domain === '' ? name : `${name}.${domain}`));
  return [...new Set(dots >= ndots ? [name, ...searched] : [...searched, name])];
}

function numbersOf(options: readonly string[]): Pick<ResolvConf, 'ndots' | 'timeout' | 'attempts'> {
  const numberOf = (name: string, fallback: number, least: number, most: number): number => {
    const said = options.findLast((option) => option.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
    const value = Number.parseInt(said, 10);
    return Number.isNaN(value) ? fallback : Math.min(Math.max(value, least), most);
  };
  return {
    ndots: numberOf('ndots', 1, 0, MAX_NDOTS),
    timeout: numberOf('timeout', DEFAULT_TIMEOUT_S, 1, MAX_TIMEOUT_S) * 1000,
    attempts: numberOf('attempts', 2, 1, MAX_ATTEMPTS),
  };
}

/** "If no domain entry is present, the domain is determined from the local hostname […] everything after the first '.'" */
function domainOf(hostname: string): string[] {
  const dot = hostname.indexOf('.');
  return dot === -1 || dot === hostname.length - 1 ? [] : [hostname.slice(dot + 1)];
}

function withoutDot(domain: string): string {
  return (domain.endsWith('.') ? domain.slice(0, -1) : domain).toLowerCase();
}
