import { PROVIDERS, type ProviderName } from '../s3/providers.ts';

/** A store whose hosts are known. */
export interface KnownStore {
  readonly called: string;
  /** The provider that fits it. */
  readonly provider: ProviderName;
  /** What all of its hosts end with. */
  readonly end: string;
  /** Its endpoints, with REGION in the place of the region. */
  readonly hosts?: readonly string[];
}

/** Besides what the providers know: Amazon's old form. https://docs.aws.amazon.com/general/latest/gr/s3.html */
const AWS_HOSTS = [...PROVIDERS.aws.regionalHosts, 's3-REGION.amazonaws.com'];

const STORES: readonly KnownStore[] = [
  { called: 'AWS', provider: 'aws', end: 'amazonaws.com', hosts: AWS_HOSTS },
  { called: 'AWS', provider: 'aws', end: 'amazonaws.com.cn', hosts: AWS_HOSTS },
  {
    called: 'Hetzner',
    provider: 'hetzner',
    end: 'your-objectstorage.com',
    hosts: ['REGION.your-objectstorage.com'],
  },
  ...['myhuaweicloud.com', 'myhuaweicloud.eu', 'otc.t-systems.com'].map(
    (end): KnownStore => ({ called: 'OBS', provider: 'obs', end, hosts: PROVIDERS.obs.regionalHosts }),
  ),
  {
    called: 'Backblaze B2',
    provider: 'generic',
    end: 'backblazeb2.com',
    hosts: ['s3.REGION.backblazeb2.com'],
  },
  { called: 'Wasabi', provider: 'generic', end: 'wasabisys.com', hosts: ['s3.REGION.wasabisys.com'] },
  { called: 'Cloudflare R2', provider: 'generic', end: 'r2.cloudflarestorage.com' },
  {
    called: 'DigitalOcean Spaces',
    provider: 'generic',
    end: 'digitaloceanspaces.com',
    hosts: ['REGION.digitaloceanspaces.com'],
  },
  { called: 'Google Cloud Storage', provider: 'generic', end: 'storage.googleapis.com' },
  { called: 'Scaleway', provider: 'generic', end: 'scw.cloud', hosts: ['s3.REGION.scw.cloud'] },
];

export function storeAt(host: string): KnownStore | undefined {
  return STORES.find(({ end }) => host === end || host.endsWith(`.${end}`));
}

/** What the host of a known store says. */
export interface OwnHost {
  /** The region in it; undefined for a host of all regions. */
  readonly region: string | undefined;
  /** What stands before the store's own host, as a bucket does. */
  readonly before: string | undefined;
  /** The store's own host. */
  readonly host: string;
}

/** Undefined when the host has none of the forms that are known of the store. */
export function ownHost(host: string, { hosts = [] }: KnownStore): OwnHost | undefined {
  const labels = host.split('.');
  for (let first = 0; first < labels.length - 1; first++) {
    const own = labels.slice(first).join('.');
    const region = hosts.map((pattern) => regionIn(own, pattern)).find((found) => found !== undefined);
    if (region === undefined) continue;
    const before = first === 0 ? undefined : labels.slice(0, first).join('.');
    return { region: region === '' ? undefined : region, before, host: own };
  }
  return undefined;
}

/** Empty for the host without a region. */
function regionIn(host: string, pattern: string): string | undefined {
  if (host === pattern.replace(/REGION[.-]|[.-]REGION/, '')) return '';
  const [before = '', behind = ''] = pattern.split('REGION');
  if (!host.startsWith(before) || !host.endsWith(behind)) return undefined;
  const region = host.slice(before.length, host.length - behind.length);
  return /^[a-z]{2,5}[a-z0-9-]{1,20}$/.test(region) ? region : undefined;
}
