import type { X509Certificate } from 'node:crypto';
import type { Around } from './around.ts';
import type { Facts } from './facts.ts';
import { inTime } from './words.ts';

/** Times are milliseconds since the epoch. */
export interface CertificateFacts {
  /** Whose, by its place in the config: `listen[0]`, `listen[0].tls.certificates[1]`, or a store as `upstream`. */
  readonly of: string;
  readonly shownBy: 'proxy' | 'store';
  readonly names: string;
  /** Not known of a store. */
  readonly from?: number | undefined;
  readonly to: number;
}

interface Said {
  readonly of: string;
  readonly state: 'broken' | 'warn';
  readonly sentence: string;
  readonly fix: string;
}

const DAY_MS = 86_400_000;
/** As `check` has it: when a certificate should have been renewed. */
const SOON_MS = 30 * DAY_MS;
/** As the alert has it, however short the certificate lives. */
const LATE_MS = 7 * DAY_MS;

/** In characters: a certificate may have a hundred names. */
const MOST_NAMES = 200;

export function factsOf(of: string, certificate: X509Certificate): CertificateFacts {
  const { subjectAltName = '', validFromDate, validToDate } = certificate;
  const names = subjectAltName.slice(0, MOST_NAMES);
  return { of, shownBy: 'proxy', names, from: validFromDate.getTime(), to: validToDate.getTime() };
}

/** Those that clients see, and those that the stores showed last. */
export function certificatesIn(
  { upstreams }: Pick<Facts, 'upstreams'>,
  { certificates }: Pick<Around, 'certificates'>,
): readonly CertificateFacts[] {
  const ofStores = upstreams.flatMap(({ name, certificateEnds: to }): readonly CertificateFacts[] =>
    to === undefined ? [] : [{ of: name, shownBy: 'store', names: '', to }],
  );
  return [...certificates, ...ofStores];
}

/** What is wrong with a certificate now, or will be soon; undefined when nothing is. */
export function certificateSaid(
  { of, shownBy, names, from, to }: CertificateFacts,
  now: number,
): Said | undefined {
  const left = to - now;
  const ofStore = shownBy === 'store';
  const which = ofStore ? `The certificate of the store ${of}` : `The certificate of ${of} (${names})`;
  if (from !== undefined && now < from)
    return {
      of,
      state: 'broken',
      sentence: `${which} is not valid yet, and clients refuse it: it begins in ${inTime(from - now)}.`,
      fix: "Check this host's clock, or use a certificate that is valid now.",
    };
  if (left <= 0)
    return {
      of,
      state: 'broken',
      sentence: `${which} has expired, and ${ofStore ? 'the proxy opens no new connections to it' : 'clients refuse it'}.`,
      fix: ofStore ? AT_THE_STORE : HERE,
    };
  const late = Math.max(LATE_MS, Math.min(SOON_MS, from === undefined ? 0 : (to - from) / 3));
  if (left >= late) return undefined;
  return {
    of,
    state: 'warn',
    sentence: `${which} ends in ${inTime(left)}.`,
    fix: ofStore ? AT_THE_STORE : HERE,
  };
}

const HERE = 'Renew it: the files are read again by themselves.';
const AT_THE_STORE =
  'Renew it at the store: the proxy does not connect to a store whose certificate has expired.';
