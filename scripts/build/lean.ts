import type { Plugin } from 'esbuild';

/** Packages of which the program takes a part that can be had alone. A build fails when it needs more than that. */
export const lean: Plugin = {
  name: 'lean',
  setup(build) {
    build.onResolve({ filter: /^(?:prom-client|yaml)$/ }, ({ path, resolveDir, kind }) => {
      if (kind !== 'import-statement') return undefined;
      return path === 'yaml'
        ? build.resolve('./node_modules/yaml/browser/index.js', {
            resolveDir: build.initialOptions.absWorkingDir ?? '',
            kind,
          })
        : { path, namespace: 'lean', pluginData: resolveDir };
    });
    // prom-client asks it for the exemplars of the CPU's time, which nobody turns on.
    build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ path, importer }) =>
      /[\\/]prom-client[\\/]/.test(importer) ? { path, namespace: 'nothing' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: '' }));
    build.onResolve({ filter: WRITERS }, ({ path, importer }) =>
      /[\\/]pino[\\/](?:pino|lib[\\/]tools)\.js$/.test(importer)
        ? { path, namespace: 'no-writer' }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'no-writer' }, () => ({ contents: NO_WRITER }));
    build.onLoad({ filter: /./, namespace: 'lean' }, ({ pluginData }) => ({
      contents: Object.entries(METRICS)
        .map(([name, file]) => `export { default as ${name} } from 'prom-client/lib/${file}.js';`)
        .join('\n'),
      resolveDir: pluginData,
    }));
  },
};

/** What pino opens files and threads by. It gets a destination of ours instead, and asks only whether that is one of its own. */
const WRITERS = /^(?:sonic-boom|\.(?:\/lib)?\/transport|on-exit-leak-free|worker_threads)$/;

const NO_WRITER = `module.exports = class {
  constructor() {
    throw new Error('a log has a destination');
  }
};`;

/** The rest of prom-client pushes metrics and makes buckets. Its cluster.js asks for node:cluster only where that is used. */
const METRICS = {
  Counter: 'counter',
  Gauge: 'gauge',
  Histogram: 'histogram',
  Registry: 'registry',
  AggregatorRegistry: 'cluster',
  collectDefaultMetrics: 'defaultMetrics',
};
