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
    build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ importer }) =>
      importer.includes('/prom-client/') ? { path: 'no-spans', namespace: 'lean-spans' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'lean-spans' }, () => ({ contents: NO_SPANS }));
    build.onLoad({ filter: /./, namespace: 'lean' }, ({ pluginData }) => ({
      contents: Object.entries(METRICS)
        .map(([name, file]) => `export { default as ${name} } from 'prom-client/lib/${file}.js';`)
        .join('\n'),
      resolveDir: pluginData,
    }));
  },
};

/** Its counter of the CPU time looks for a span, for an exemplar that nobody shows: what it asks, without the package. */
const NO_SPANS = 'export const context = { active() {} }; export const trace = { getSpan() {} };';

/** The rest of prom-client is not needed. Its cluster.js asks for node:cluster only where that is used. */
const METRICS = {
  Counter: 'counter',
  Gauge: 'gauge',
  Histogram: 'histogram',
  Registry: 'registry',
  AggregatorRegistry: 'cluster',
  collectDefaultMetrics: 'defaultMetrics',
};
