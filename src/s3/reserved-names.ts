/** Names that a store uses for something else, whatever rules and permissions say about them. */
export interface Reserved {
  /** Bucket names, in lower case: first segments of paths at which the store has another interface. */
  readonly names: readonly string[];
  /** Matches these names in any case, and aliases of buckets. */
  readonly buckets: RegExp;
  /**
   * Those for which the store looks at the path before the host: with the bucket in the host, the first segment of an
   * object key must not be one of them either.
   */
  readonly beforeHost: readonly string[];
  /** Object keys of the store's own files, and second names of other objects. */
  readonly keys: readonly ReservedKey[];
}

/**
 * `first`: the first segment of an object key. `endsWith`: the end of the key, or of a folder in it. `path`: the key, and all
 * keys of that folder.
 */
export type ReservedKey =
  | { readonly first: string }
  | { readonly path: string }
  | { readonly endsWith: string; readonly at: 'last' | 'folder' };

/** The entry points of the admin API and of Swift, by default: rgw_admin_entry, rgw_swift_url_prefix, rgw_swift_auth_entry. */
const CEPH = ['admin', 'swift', 'auth'];
const MINIO = ['minio'];
const SEAWEEDFS = ['status', 'healthz'];
/**
 * Its admin API, console, traffic between nodes and catalog of tables; it takes MinIO's name too.
 * https://docs.rustfs.com/reference/ports
 */
const RUSTFS = ['rustfs', 'iceberg'];
/** Its statistics, users with their secrets, and usage: `admin_resources` in its source code. */
const RIAK_CS = ['riak-cs', 'user', 'usage'];
/**
 * Ends of the aliases of access points, Object Lambda and Multi-Region Access Points, which work in place of a bucket name.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const AWS_ALIASES = ['-s3alias', '--ol-s3', '.mrap', '--table-s3', '--x-s3'];

/** MinIO stores the object `a/` as `a__XLDIR__`, and returns it under that name too. */
const MINIO_KEYS: readonly ReservedKey[] = [{ endsWith: '__XLDIR__', at: 'last' }];
/** SeaweedFS keeps parts of uploads and older versions of objects in folders of the bucket. */
const SEAWEEDFS_KEYS: readonly ReservedKey[] = [
  { first: '.uploads' },
  { endsWith: '.versions', at: 'folder' },
];

/** Of jobs by which OBS fetches objects from elsewhere: its SDKs ask for them at the host of a bucket. */
const OBS_KEYS: readonly ReservedKey[] = [
  { path: 'v1/extension_policy' },
  { path: 'v1/async-fetch' },
  { path: 'v1/services' },
];

export const RESERVED = {
  none: reserve({}),
  aws: reserve({ aliases: AWS_ALIASES }),
  ceph: reserve({ names: CEPH }),
  minio: reserve({ names: MINIO, beforeHost: MINIO, keys: MINIO_KEYS }),
  obs: reserve({ keys: OBS_KEYS }),
  seaweedfs: reserve({ names: SEAWEEDFS, beforeHost: SEAWEEDFS, keys: SEAWEEDFS_KEYS }),
  /** For a store that may be any of them. */
  any: reserve({
    names: [...CEPH, ...MINIO, ...SEAWEEDFS, ...RUSTFS, ...RIAK_CS],
    aliases: AWS_ALIASES,
    // Riak CS makes a path of the host first. Its names are common beginnings of object keys.
    beforeHost: [...CEPH, ...MINIO, ...SEAWEEDFS, ...RUSTFS],
    keys: [...MINIO_KEYS, ...SEAWEEDFS_KEYS],
  }),
} as const;

interface Listed extends Partial<Omit<Reserved, 'buckets'>> {
  /** Ends of names. */
  readonly aliases?: readonly string[];
}

function reserve({ names = [], aliases = [], beforeHost = [], keys = [] }: Listed): Reserved {
  const whole = names.map((name) => `^${literal(name)}$`);
  const ends = aliases.map((end) => `${literal(end)}$`);
  // An expression without alternatives would match every name.
  const buckets = new RegExp([...whole, ...ends].join('|') || '(?!)', 'i');
  return { names, buckets, beforeHost, keys };
}

function literal(name: string): string {
  return name.replaceAll('.', String.raw`\.`);
}
