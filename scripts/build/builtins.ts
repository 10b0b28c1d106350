import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Modules of Node, taken as objects. An `import` of one reads every property of it, also those that load more when they
 * are read: `node:http` then brings undici with `node:http2` and web streams, 7 MiB and 30 ms that nothing here uses.
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const namespace = NAMESPACES[kind] ?? 'imported-builtin';
      return { path: path.replace(/^node:/, ''), namespace, sideEffects: false };
    });
    build.onLoad({ filter: /./, namespace: 'required-builtin' }, ({ path }) => ({
      contents: `module.exports = ${taken(path)};`,
    }));
    build.onLoad({ filter: /./, namespace: 'imported-builtin' }, ({ path }) => ({
      contents: asModule(path),
    }));
    build.onLoad({ filter: /./, namespace: 'later-builtin' }, ({ path }) => ({ contents: asLoaded(path) }));
  },
};

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
  const plain = Object.entries(Object.getOwnPropertyDescriptors(all)).flatMap(([one, { get }]) =>
    get === undefined && NAME.test(one) && one !== 'default' ? one : [],
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

/** A module whose names are read only if they are used. */
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
