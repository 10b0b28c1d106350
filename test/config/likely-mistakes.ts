import { MINIMAL } from './fixture.ts';

/** A config that YAML and every field allow, and that is wrong all the same; and what `check` says of it. */
export interface LikelyMistake {
  readonly mistake: string;
  readonly text: string;
  /** `error`: it cannot be right. */
  readonly severity: 'error' | 'warning';
  readonly says: RegExp;
}

const aws = (endpoint: string, region = 'eu-central-1', more = ''): string =>
  changed(
    ['https://s3.example.org', endpoint],
    ['region: eu-test-1', `region: ${region}\n  provider: aws${more}`],
  );
const store = (endpoint: string, more = ''): string =>
  changed(['https://s3.example.org', endpoint], ['\n  credentials', `${more}\n  credentials`]);
const client = (more: string): string => changed(['{ env: APP_SECRET } }', `{ env: APP_SECRET }, ${more} }`]);
const EVEN = '  - match: { bucket: elsewhere }\n    encrypt: off\n';

export const MISTAKES: readonly LikelyMistake[] = [
  {
    mistake: 'the bucket in the path of the endpoint',
    text: store('https://s3.example.org/backups'),
    severity: 'error',
    says: /upstream\.endpoint: the endpoint has the bucket "backups" in its path.*remove everything after the host/,
  },
  {
    mistake: 'a path at AWS',
    text: aws('https://s3.eu-central-1.amazonaws.com/data'),
    severity: 'error',
    says: /the endpoint has a path, but AWS has none/,
  },
  {
    mistake: 'a path at another store',
    text: store('https://s3.example.org/s3'),
    severity: 'warning',
    says: /the endpoint has a path: requests go to \/PATH\/BUCKET\/KEY/,
  },
  {
    mistake: 'the dialect of OBS at a store that is not known as one',
    text: store('https://s3.example.org', '\n  dialect: obs'),
    severity: 'error',
    says: /upstream\.dialect: dialect: obs, but provider: generic.*write provider: obs, or remove the dialect/,
  },
  {
    mistake: 'OBS without TLS, however it is allowed',
    text: store('http://obs.example.org', '\n  provider: obs\n  dialect: obs\n  insecure: true'),
    severity: 'error',
    says: /upstream\.endpoint: OBS takes SSE-C keys over https:\/\/ only/,
  },
  {
    mistake: 'SDKs of OBS without names for their buckets',
    text: `${MINIMAL}\nobs: true\n`,
    severity: 'warning',
    says: /obs: has no domains: .*its SDKs put the bucket into the host name/,
  },
  {
    mistake: 'path style at OBS',
    text: store('https://obs.eu-de.otc.t-systems.com', '\n  provider: obs\n  addressing: path').replace(
      'region: eu-test-1',
      'region: eu-de',
    ),
    severity: 'warning',
    says: /upstream\.addressing: OBS refuses path-style requests \(403 VirtualHostDomainRequired\)/,
  },
  {
    mistake: 'a bucket with a dot at OBS',
    text: store('https://obs.eu-de.otc.t-systems.com', '\n  provider: obs')
      .replace('region: eu-test-1', 'region: eu-de')
      .replace('bucket: backups', 'bucket: my.backups'),
    severity: 'warning',
    says: /upstream\.dialect: OBS wants the bucket in the host name.*as "my\.backups" has/,
  },
  {
    mistake: 'the bucket in the host of AWS',
    text: aws('https://backups.s3.eu-central-1.amazonaws.com'),
    severity: 'error',
    says: /a bucket before the name of the store.*write https:\/\/s3\.eu-central-1\.amazonaws\.com: the proxy adds/,
  },
  {
    mistake: 'the bucket in another host',
    text: store('https://backups.s3.example.org'),
    severity: 'warning',
    says: /the host begins with "backups", which is a bucket of a rule/,
  },
  {
    mistake: 'another region in the host of AWS',
    text: aws('https://s3.eu-west-1.amazonaws.com'),
    severity: 'error',
    says: /upstream\.region: the endpoint is that of the region eu-west-1 .*write region: eu-west-1/,
  },
  {
    mistake: 'another region in the host of Hetzner',
    text: store('https://fsn1.your-objectstorage.com', '\n  provider: hetzner'),
    severity: 'error',
    says: /the endpoint is that of the region fsn1/,
  },
  {
    mistake: 'the host of us-east-1 for another region',
    text: aws('https://s3.amazonaws.com'),
    severity: 'warning',
    says: /this host is that of us-east-1.*write https:\/\/s3\.eu-central-1\.amazonaws\.com/,
  },
  {
    mistake: 'provider: aws with a foreign host',
    text: aws('https://s3.example.org'),
    severity: 'warning',
    says: /provider: aws, but the host is not one of AWS/,
  },
  {
    mistake: 'provider: aws with the host of another known store',
    text: aws('https://s3.eu-central-1.wasabisys.com'),
    severity: 'error',
    says: /provider: aws, but the host is one of Wasabi .*write provider: generic/,
  },
  {
    mistake: 'another provider with a host of AWS',
    text: store('https://s3.eu-central-1.amazonaws.com', '\n  provider: ceph').replace(
      'eu-test-1',
      'eu-central-1',
    ),
    severity: 'error',
    says: /provider: ceph, but the host is one of AWS .*write provider: aws/,
  },
  {
    mistake: 'no provider with a host of AWS',
    text: store('https://s3.eu-central-1.amazonaws.com').replace('eu-test-1', 'eu-central-1'),
    severity: 'warning',
    says: /the host is one of AWS, which has a provider of its own .*write provider: aws/,
  },
  {
    mistake: 'a website endpoint',
    text: aws('http://backups.s3-website.eu-central-1.amazonaws.com', 'eu-central-1', '\n  insecure: true'),
    severity: 'error',
    says: /this is a website endpoint/,
  },
  {
    mistake: 'the proxy as its own store',
    text: changed(['127.0.0.1:0', '127.0.0.1:8443'], ['https://s3.example.org', 'https://127.0.0.1:8443']),
    severity: 'error',
    says: /upstream\.endpoint: this is the address of the proxy itself \(listen\[0\]\)/,
  },
  {
    mistake: 'the console of MinIO',
    text: store('https://minio.example.org:9001', '\n  provider: minio'),
    severity: 'warning',
    says: /port 9001 is mostly the console of MinIO/,
  },
  {
    mistake: 'the port of http with https',
    text: store('https://s3.example.org:80'),
    severity: 'warning',
    says: /port 80 is not the usual one of https:\/\//,
  },
  {
    mistake: 'http at a store that takes SSE-C over https only',
    text: store('http://minio.example.org', '\n  provider: minio\n  insecure: true'),
    severity: 'warning',
    says: /a store with provider minio refuses SSE-C over http:\/\/ by default/,
  },
  {
    mistake: 'insecure with https',
    text: store('https://s3.example.org', '\n  insecure: true'),
    severity: 'warning',
    says: /upstream\.insecure: has no effect with an https:\/\/ endpoint/,
  },
  {
    mistake: 'no rules',
    text: changed([/rules:\n[\s\S]*/, 'rules: []\n'], [/keys:\n.*\n/, '']),
    severity: 'error',
    says: /rules: there are no rules, and default: deny: every request for a bucket is refused/,
  },
  {
    mistake: 'no rule that encrypts',
    text: changed(['[vault]', 'off'], [/keys:\n.*\n/, '']),
    severity: 'warning',
    says: /rules: no rule encrypts, so every object is stored in plain/,
  },
  {
    mistake: 'rules that tie, so that one never matches',
    text: `${MINIMAL}  - match: { bucket: backups }\n    encrypt: [vault]\n`,
    severity: 'error',
    says: /rules\[1\]\.match: ties with rules\[0\]/,
  },
  {
    mistake: 'a prefix that begins with a slash',
    text: changed(['bucket: backups', 'bucket: backups, prefix: /db/']),
    severity: 'warning',
    says: /begins with "\/", but object keys seldom do/,
  },
  {
    mistake: 'a prefix that begins with the bucket',
    text: changed(['bucket: backups', 'bucket: backups, prefix: backups/db/']),
    severity: 'warning',
    says: /begins with the name of the bucket.*remove "backups\/" unless/,
  },
  {
    mistake: 'a URL for a prefix',
    text: changed(['bucket: backups', 'bucket: backups, prefix: "s3://backups/db/"']),
    severity: 'error',
    says: /is a URL, not a prefix of object keys .*write what follows s3:\/\/BUCKET\//,
  },
  {
    mistake: 'the older key first',
    text: changed(
      ['vault: { file: keys/vault }', 'k-2025: { file: keys/vault }\n  k-2026: { file: keys/vault-2 }'],
      ['[vault]', '[k-2025, k-2026]'],
    ),
    severity: 'warning',
    says: /rules\[0\]\.encrypt\[0\]: "k-2025" encrypts, although "k-2026" looks newer/,
  },
  {
    mistake: 'a client that may do nothing',
    text: client('allow: []').replace(
      'keys:\n',
      '  - { accessKeyId: b, secretAccessKey: { env: UP_SECRET } }\nkeys:\n',
    ),
    severity: 'warning',
    says: /clients\[0\]\.allow: is empty, so the client may do nothing/,
  },
  {
    mistake: 'a grant for a bucket without a rule',
    text: client('allow: [{ bucket: backups }, { bucket: backup }]'),
    severity: 'warning',
    says: /clients\[0\]\.allow\[1\]\.bucket: no rule matches such a bucket/,
  },
  {
    mistake: 'a grant twice',
    text: client('allow: [{ bucket: backups }, { bucket: backups }]'),
    severity: 'warning',
    says: /clients\[0\]\.allow\[1\]: clients\[0\]\.allow\[0\] allows the same/,
  },
  {
    mistake: 'a grant with a prefix in its bucket',
    text: client('allow: [{ bucket: backups/db }, { bucket: backups }]'),
    severity: 'error',
    says: /clients\[0\]\.allow\[0\]\.bucket: has characters that no bucket name has .*put a prefix into prefix/,
  },
  {
    mistake: 'a glob for the prefix of a grant',
    text: client('allow: [{ bucket: backups, prefix: "db/*" }, { bucket: backups }]'),
    severity: 'warning',
    says: /the "\*" is literal: a prefix is not a glob/,
  },
  {
    mistake: 'the store for the public URL',
    text: client('publicUrl: https://s3.example.org'),
    severity: 'error',
    says: /clients\[0\]\.publicUrl: this is the store, not the proxy/,
  },
  {
    mistake: 'a public URL with a path',
    text: client('publicUrl: https://files.example.org/s3'),
    severity: 'warning',
    says: /only the host of it counts/,
  },
  {
    mistake: 'a public URL with a password',
    text: client('publicUrl: "https://user:hunter2@files.example.org"'),
    severity: 'warning',
    says: /only the host of it counts/,
  },
  {
    mistake: 'clients that nobody asks for',
    text: changed(['127.0.0.1:0', '127.0.0.1:0\n    auth: none']),
    severity: 'warning',
    says: /clients\[0\]: no listener asks who a client is/,
  },
  {
    mistake: 'the mode of an address that is no unix socket, the one by default included',
    text: changed(['127.0.0.1:0', '127.0.0.1:0\n    mode: "0660"']),
    severity: 'warning',
    says: /listen\[0\]\.mode: has no effect but for a unix socket/,
  },
  {
    mistake: 'admin of a listener that asks who a client is',
    text: changed(['127.0.0.1:0', '127.0.0.1:0\n    admin: true']),
    severity: 'warning',
    says: /listen\[0\]\.admin: has no effect with auth: sigv4/,
  },
  {
    mistake: 'one store twice',
    text: `${MINIMAL}${EVEN}    upstream: other\nupstreams:\n  other:\n    endpoint: https://s3.example.org\n    region: eu-test-1\n    credentials: { accessKeyId: up, secretAccessKey: { env: UP_SECRET } }\n`,
    severity: 'warning',
    says: /upstreams\.other: is the same store as upstream, with the same credentials/,
  },
  {
    mistake: 'no log',
    text: `${MINIMAL}log: { level: silent }\n`,
    severity: 'warning',
    says: /log\.level: nothing is logged, errors included/,
  },
  {
    mistake: 'access key id and secret swapped',
    text: changed(['accessKeyId: up', `accessKeyId: ${'a1b2'.repeat(10)}`], ['UP_SECRET', 'SWAPPED']),
    severity: 'error',
    says: /credentials\.secretAccessKey: this looks like an access key id .*swap accessKeyId and secretAccessKey/,
  },
  {
    mistake: 'a secret with its name before it',
    text: changed(['UP_SECRET', 'NAMED']),
    severity: 'warning',
    says: /the secret begins with a name and "="/,
  },
  {
    mistake: 'a JSON document for a secret',
    text: changed(['UP_SECRET', 'JSON']),
    severity: 'warning',
    says: /the secret is a JSON document/,
  },
  {
    mistake: 'a secret of several lines',
    text: changed(['UP_SECRET', 'LINES']),
    severity: 'warning',
    says: /the secret has several lines/,
  },
  {
    mistake: 'a key that is encoded twice',
    text: changed(['keys/vault', 'keys/twice']),
    severity: 'error',
    says: /keys\.vault\.file: 60 bytes are not a key.*the key is encoded twice/,
  },
  {
    mistake: 'a key of the wrong length',
    text: changed(['keys/vault', 'keys/short']),
    severity: 'error',
    says: /keys\.vault\.file: 31 bytes are not a key/,
  },
  {
    mistake: 'hex digits for a raw key',
    text: changed(['keys/vault', 'keys/hex']),
    severity: 'warning',
    says: /the 32 bytes are 32 hex digits, which are half a key/,
  },
];

function changed(...edits: readonly (readonly [string | RegExp, string])[]): string {
  return edits.reduce((text, [from, to]) => {
    const isThere = typeof from === 'string' ? text.includes(from) : from.test(text);
    if (!isThere) throw new Error(`${String(from)} is not in the config`);
    return text.replace(from, () => to);
  }, MINIMAL);
}
