import type { CanonicalForm } from '../../src/s3/canonical-value.ts';
import { operation as entryOf, type OperationName } from '../../src/s3/operations.ts';
import { PROVIDER_NAMES, PROVIDERS, type Provider, type ProviderName } from '../../src/s3/providers.ts';
import { ALL_OF_BUCKETS } from '../../src/s3/subresource-writes.ts';
import { table } from './table.ts';

/** What a store does, said of its provider settings: one line per setting. */
const SETTINGS: readonly { readonly name: string; readonly of: (provider: Provider) => string }[] = [
  { name: 'Copies with SSE-C by the store', of: ({ copiesSsec }) => copies(copiesSsec) },
  {
    name: 'Addressing by default',
    of: ({ addressing }) => (addressing === 'path' ? 'path' : 'virtual-host'),
  },
  { name: 'ETag of an SSE-C object', of: ({ etag }) => (etag === 'md5' ? 'MD5 of the body' : 'not an MD5') },
  { name: 'Sub-resource writes', of: ({ subresourceWrites }) => codes(subresourceWrites.filter(isOfObject)) },
  { name: 'Takes trailers', of: ({ trailers }) => yesNo(trailers) },
  { name: 'Body hashes that the proxy checks', of: ({ checks }) => checked(checks) },
  { name: 'Multipart uploads keep their key', of: ({ uploads }) => UPLOADS[uploads] },
  {
    name: 'SSE-C headers on CompleteMultipartUpload and ListParts',
    of: ({ ssecOnComplete }) => yesNo(ssecOnComplete),
  },
  { name: 'Encrypted writes without an echo', of: (provider) => unechoed(provider) },
  { name: 'Folds object keys', of: ({ normalisesKeys }) => yesNo(normalisesKeys) },
  { name: 'Encrypts object keys that end with a slash', of: ({ sealsFolders }) => yesNo(sealsFolders) },
  { name: 'Other regions are reached at', of: ({ regionalHosts }) => codes(regionalHosts) },
  { name: 'Answer to a wrong SSE-C key', of: ({ keyRefusals }) => refusals(keyRefusals, 'wrong-key') },
  { name: 'Answer to a key for a plain object', of: ({ keyRefusals }) => refusals(keyRefusals, 'plain') },
  {
    name: 'Answer that may mean either, or a missing permission',
    of: ({ keyRefusals }) => refusals(keyRefusals, 'unclear'),
  },
  { name: 'Answer to a read without the key', of: ({ keyDemands }) => keyDemands.map(saying).join('; ') },
  {
    name: 'Accepts the SHA-256 of a body in the signature',
    of: ({ signsBodies }) => yesNo(signsBodies),
  },
  { name: 'White space in signed values', of: ({ canonicalForm }) => FORMS[canonicalForm] },
  { name: 'Sub-resource writes of buckets', of: ({ subresourceWrites }) => bucketWrites(subresourceWrites) },
  { name: 'Bucket names that are refused', of: ({ reserved }) => codes(reserved.names) },
];

const FORMS: Readonly<Record<CanonicalForm, string>> = {
  untouched: 'as it comes',
  spaces: 'spaces folded',
  blanks: 'spaces and tabs folded',
  first: 'the first space or tab of a run',
  unicode: "Unicode's white space folded",
  documented: 'spaces folded, tabs refused',
  unseen: 'tabs and white space beyond ASCII refused',
};

/** Names that nothing in a request tells from another operation's. */
const SAME_REQUEST: ReadonlySet<OperationName> = new Set<OperationName>([
  'PutBucketLifecycle',
  'PutBucketNotification',
]);

function isOfObject(name: OperationName): boolean {
  return entryOf(name).shape === 'object';
}

function bucketWrites(names: readonly OperationName[]): string {
  const writes = names.filter((name) => !isOfObject(name));
  if (ALL_OF_BUCKETS.every((name) => writes.includes(name))) return 'all of the S3 API';
  return codes(writes.filter((name) => !SAME_REQUEST.has(name)));
}

const UPLOADS: Readonly<Record<Provider['uploads'], string>> = {
  strict: 'yes, and one that began in plain takes no part with a key',
  pinned: 'yes, but one that began in plain stores a part with a key in plain',
  unpinned: 'no, or nobody has seen it',
};

export function isProvider(name: string): name is ProviderName {
  return PROVIDER_NAMES.some((known) => known === name);
}

/** All settings of one provider. */
export function renderProvider(name: ProviderName): string {
  const provider = PROVIDERS[name];
  return table(
    [`Setting of \`${name}\``, 'Value'],
    SETTINGS.map((setting) => [setting.name, setting.of(provider)]),
  );
}

/** What tells providers apart, one line per provider; `linked` are those with a page of their own. */
export function renderProviders(linked: ReadonlySet<string>): string {
  const told = SETTINGS.slice(0, 6).concat(SETTINGS.filter(({ name }) => name === 'Folds object keys'));
  return table(
    ['Provider', ...told.map(({ name }) => name)],
    PROVIDER_NAMES.map((name) => [
      linked.has(name) ? `[\`${name}\`](${name}.md)` : `\`${name}\``,
      ...told.map((setting) => setting.of(PROVIDERS[name])),
    ]),
  );
}

/** What stores say of a wrong key, one line per provider. */
export function renderRefusals(): string {
  return table(
    ['Provider', 'The key is another one', 'The object is plain', 'Unclear'],
    PROVIDER_NAMES.map((name) => {
      const { keyRefusals } = PROVIDERS[name];
      return [
        `\`${name}\``,
        ...(['wrong-key', 'plain', 'unclear'] as const).map((means) => refusals(keyRefusals, means)),
      ];
    }),
  );
}

/** How clients get ETags by default, one line per provider. */
export function renderEtags(): string {
  return table(
    ['`upstream.provider`', 'ETag of an SSE-C object', '`etag: auto` means'],
    PROVIDER_NAMES.map((name) => {
      const isMd5 = PROVIDERS[name].etag === 'md5';
      return [
        `\`${name}\``,
        isMd5 ? 'MD5 of the body' : 'not an MD5, or nobody has seen it',
        isMd5 ? '`passthrough`' : '`mark`',
      ];
    }),
  );
}

function copies(operations: readonly string[]): string {
  if (operations.length === 0) return 'none: the proxy reads and writes';
  return operations.join(', ');
}

function codes(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function checked({ sha256, md5, checksums }: Provider['checks']): string {
  const missing = [
    sha256 ? [] : ['SHA-256'],
    md5 ? [] : ['`Content-MD5`'],
    checksums ? [] : ['`x-amz-checksum-*`'],
  ].flat();
  return missing.length === 0 ? 'none' : missing.join(', ');
}

function unechoed({ withoutEcho, uploadEcho }: Provider): string {
  const head = withoutEcho.operations.map(
    (operation) => `\`${operation}\` (proven by a HEAD without the key)`,
  );
  const parts = uploadEcho ? [] : ['`CreateMultipartUpload` (proven by its parts)'];
  return [...head, ...parts].join(', ') || 'none';
}

function refusals(all: Provider['keyRefusals'], means: Provider['keyRefusals'][number]['means']): string {
  return (
    all
      .filter((one) => one.means === means)
      .map((one) => ('unseen' in one ? UNSEEN : saying(one)))
      .join('; ') || '–'
  );
}

const UNSEEN =
  'every 4xx except 401, 404, 405, 409, 412, 416 and 429, and except the codes of a wrong signature, credential or clock';

function saying({
  status,
  code,
  says,
}: {
  readonly status: number;
  readonly code: string;
  readonly says?: string;
}): string {
  return `${status} \`${code}\`${says === undefined ? '' : ` "${says}"`}`;
}
