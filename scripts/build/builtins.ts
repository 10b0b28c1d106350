import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Modules of Node, taken as objects. An `import` of one reads every property of it, also those that load more when they
 * are read: `node:http` then brings undici with `node:http2` and web streams, 7 MiB and 30 ms that nothing here uses.
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind, importer }) => {
      if (!isBuiltin(path)) return undefined;
      const imported = PACKAGE.test(importer) ? 'package-builtin' : 'imported-builtin';
      const namespace = NAMESPACES[kind] ?? imported;
      return { path: path.replace(/^node:/, ''), namespace, sideEffects: false };
    });
    build.onLoad({ filter: /./, namespace: 'required-builtin' }, ({ path }) => ({
      contents: `module.exports = ${taken(path)};`,
    }));
    for (const namespace of ['imported-builtin', 'package-builtin'])
      build.onLoad({ filter: /./, namespace }, ({ path }) => ({ contents: asModule(path) }));
    build.onLoad({ filter: /./, namespace: 'later-builtin' }, ({ path }) => ({ contents: asLoaded(path) }));
  },
};

/**
 * Packages and our own code import modules of their own. Where a package is taken by `require()`, the bundler turns all that it
 * imports into functions that read every name, used or not.
 */
const PACKAGE = /[\\/]node_modules[\\/]/;

const NAMESPACES: Readonly<Record<string, string>> = {
  'require-call': 'required-builtin',
  'dynamic-import': 'later-builtin',
};

/**
 * For an `import()`, which takes all names at once. It is a module of its own, so that it takes them from nobody else, and
 * has none that is made when it is read.
 */
function asLoaded(name: string): string {
  const all = process.getBuiltinModule(`node:${name}`) ?? {};
  const plain = Object.entries(Object.getOwnPropertyDescriptors(all)).flatMap(([one, property]) =>
    property.get === undefined && NAME.test(one) && one !== 'default' ? one : [],
  );
  return [
    `const all = ${taken(name)};`,
    'export default all;',
    ...plain.map((one) => `const $${one} = all.${one};`),
    `export { ${plain.map((one) => `$${one} as ${one}`).join(', ')} };`,
  ].join('\n');
}

function taken(name: string): string {
  return `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`;
}

/**
 * A module whose names are read only if they are used. What any part of the program uses is read by all that load the module:
 * so nobody imports `webcrypto`, which is large and the same as the global `crypto`.
 */
function asModule(name: string): string {
  const known = Object.keys(process.getBuiltinModule(`node:${name}`) ?? {});
  const names = known.filter((one) => NAME.test(one) && one !== 'default');
  return [
    `const all = ${taken(name)};`,
    'export default all;',
    ...names.map((one) => `const $${one} = /* @__PURE__ */ (() => all.${one})();`),
    `export { ${names.map((one) => `$${one} as ${one}`).join(', ')} };`,
  ].join('\n');
}

const NAME = /^[A-Za-z_$][\w$]*$/;
