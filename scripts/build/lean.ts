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
    build.onLoad({ filter: /./, namespace: 'lean' }, ({ pluginData }) => ({
      contents: Object.entries(METRICS)
        .map(([name, file]) => `export { default as ${name} } from 'prom-client/lib/${file}.js';`)
        .join('\n'),
      resolveDir: pluginData,
    }));
  },
};

/** The rest of prom-client pushes metrics and makes buckets. Its cluster.js asks for node:cluster only where that is used. */
const METRICS = {
  Counter: 'counter',
  Gauge: 'gauge',
  Histogram: 'histogram',
  Registry: 'registry',
  AggregatorRegistry: 'cluster',
  collectDefaultMetrics: 'defaultMetrics',
};
