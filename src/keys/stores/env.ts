import type { KeyStore } from './store.ts';

/** Keys in environment variables; a place is the name of one. The environment of a process does not change after its start. */
export function envStore(env: Readonly<Record<string, string | undefined>>): KeyStore<string> {
  return {
    fetch: (names) =>
      Promise.resolve(
        names.map((name) => {
          const value = env[name];
          return value === undefined
            ? { kind: 'refused', message: `the environment variable ${name} is not set` }
            : { kind: 'found', bytes: Buffer.from(value, 'utf8') };
        }),
      ),
  };
}
