import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';

/**
 * tap's `t` is one for the whole process. In a group each file gets another one: `import t from 'tap'` in a file that
 * was named here is the given test, so that a group reports and bounds each file by itself.
 */
export function giveOwnTest(file: string, test: Test): void {
  tests.set(pathToFileURL(file).href, test);
}

const SCHEME = 'own-test:';
const tests = new Map<string, Test>();

Object.defineProperty(globalThis, Symbol.for(SCHEME), { value: tests });

registerHooks({
  resolve(specifier, context, next) {
    return specifier === 'tap' && tests.has(context.parentURL ?? '')
      ? { url: `${SCHEME}${context.parentURL}`, format: 'module', shortCircuit: true }
      : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith(SCHEME)) return next(url, context);
    const file = JSON.stringify(url.slice(SCHEME.length));
    const source = `export default globalThis[Symbol.for('${SCHEME}')].get(${file});`;
    return { format: 'module', source, shortCircuit: true };
  },
});
