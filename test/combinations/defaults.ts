import { type LoadHookSync, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Loaded before everything else, with `--import`: options of an upstream that a config does not name have other defaults in
 * this process, and in those that it starts. Tests that name an option keep what they name.
 */
const DEFAULTS: Readonly<Record<string, string>> = JSON.parse(process.env.UPSTREAM_DEFAULTS ?? '{}');
const SCHEMA = new URL('../../src/config/schema/upstream.ts', import.meta.url).href;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    return url === SCHEMA ? { ...loaded, source: withDefaults(textOf(loaded.source)) } : loaded;
  },
});

function textOf(source: ReturnType<LoadHookSync>['source']): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}

function withDefaults(source: string): string {
  return Object.entries(DEFAULTS).reduce((text, [option, value]) => {
    const line = new RegExp(String.raw`(\n {4}${option}: choice\((?:\n {6}.*)*\n {4}\)\.default\()'[\w-]+'`);
    if (!line.test(text)) throw new Error(`${fileURLToPath(SCHEMA)} has no option ${option} with a default`);
    return text.replace(line, `$1'${value}'`);
  }, source);
}
