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
      const namespace = kind === 'require-call' ? 'required-builtin' : 'imported-builtin';
      return { path: path.replace(/^node:/, ''), namespace, sideEffects: false };
    });
    build.onLoad({ filter: /./, namespace: 'required-builtin' }, ({ path }) => ({
      contents: `module.exports = ${taken(path)};`,
    }));
    build.onLoad({ filter: /./, namespace: 'imported-builtin' }, ({ path }) => ({
      contents: asModule(path),
    }));
  },
};

function taken(name: string): string {
  return `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`;
}

/** A module whose names are read only if they are used. */
function asModule(name: string): string {
  const known = Object.keys(process.getBuiltinModule(`node:${name}`) ?? {});
  const names = known.filter((one) => /^[A-Za-z_$][\w$]*$/.test(one) && one !== 'default');
  return [
    `const all = ${taken(name)};`,
    'export default all;',
    ...names.map((one) => `const $${one} = /* @__PURE__ */ (() => all.${one})();`),
    `export { ${names.map((one) => `$${one} as ${one}`).join(', ')} };`,
  ].join('\n');
}
