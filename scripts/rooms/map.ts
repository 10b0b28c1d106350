/** The rules of `src/` as data: what stands on what. ARCHITECTURE.md shows the same picture. */
export interface RoomMap {
  /**
   * Layers from the ground up. A file imports files of its own room and of rooms in lower layers, never of a room
   * beside it. A room is a folder with all that is below it, or a file, which then is a room of its own; a path that
   * ends in `/*` takes the files of that folder alone. The longest path that fits a file is its room.
   */
  readonly layers: readonly (readonly string[])[];
  /** Rooms that are complete without the proxy, so that they can be read, tested and used by themselves. */
  readonly leaves: { readonly rooms: readonly string[]; readonly without: readonly string[] };
  /** Rooms that few may import: by whom, as globs of files. */
  readonly doors: Readonly<Record<string, readonly string[]>>;
  /** Which files import which package, as globs. What is not named here is not imported. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /**
   * Beginnings of complaints that are known and are going to be resolved. One that no complaint begins with is a
   * complaint itself.
   */
  readonly exceptions: readonly string[];
}

export const MAP: RoomMap = {
  layers: [
    ['*'],
    ['s3', 'keys', 'tracing'],
    ['sigv4', 'rules', 'ssec', 'dialects'],
    ['sigv2', 'clients', 'etag', 'multipart'],
    ['signatures', 'upstream', 'listener', 'admin'],
    ['forms', 'config', 'response', 'outgoing', 'sandbox'],
    ['snapshot'],
    ['status'],
    ['store-client', 'proxy/message.ts', 'proxy/serving.ts'],
    ['recover', 'proxy/exchange.ts'],
    ['proxy/plan', 'proxy/record.ts'],
    ['proxy/body', 'proxy/store', 'proxy/refused-bytes.ts'],
    ['proxy/intake', 'proxy/ring', 'proxy/proof', 'proxy/reply'],
    ['proxy/copy'],
    ['proxy/unsized'],
    ['proxy/handle.ts', 'explain'],
    ['proxy/open-listeners.ts', 'proxy/own-overview.ts', 'proxy/memories.ts', 'proxy/surroundings.ts'],
    ['proxy/own-metrics.ts'],
    ['proxy/running.ts'],
    ['proxy/serve.ts'],
    ['verify', 'workers', 'inject'],
    ['doctor'],
    ['cli'],
    ['main.ts'],
  ],
  leaves: {
    rooms: [
      's3',
      'dialects',
      'sigv4',
      'sigv2',
      'signatures',
      'forms',
      'rules',
      'keys',
      'clients',
      'etag',
      'ssec',
    ],
    without: ['proxy', 'config'],
  },
  doors: { sandbox: ['cli/demo/*.ts', 'cli/sandbox*.ts'] },
  packages: {
    '@peculiar/x509': ['cli/*.ts'],
    '@opentelemetry/api': ['tracing/otel.ts'],
    '@opentelemetry/otlp-exporter-base': ['tracing/collector.ts'],
    '@opentelemetry/otlp-transformer': ['tracing/collector.ts'],
    '@opentelemetry/resources': ['tracing/otel.ts'],
    '@opentelemetry/sdk-trace-node': ['tracing/otel.ts', 'tracing/bounded.ts', 'tracing/collector.ts'],
    'age-encryption': ['keys/escrow.ts'],
    aws4: ['sigv4/aws4.ts'],
    commander: ['cli/*.ts'],
    'hash-wasm': ['s3/wasm-hash.ts'],
    'http-proxy': ['upstream/http-proxy.ts'],
    pino: ['log.ts'],
    'prom-client': ['admin/*.ts'],
    'reflect-metadata': ['cli/*.ts'],
    yaml: ['config/yaml.ts', 'config/syntax/*.ts', 'cli/*.ts'],
    zod: ['config/**/*.ts', 'inject/profile/*.ts', 'inject/pod/*.ts'],
  },
  exceptions: [],
};
