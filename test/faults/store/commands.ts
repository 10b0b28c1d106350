import type { Behaviour, Records } from '../row.ts';

/** What the process of the store is told. `place` is the name of a port. */
export type Command = { readonly id: number } & (
  | {
      readonly do: 'open';
      readonly place: string;
      readonly behaviour: Behaviour;
      readonly tls: { readonly cert: string; readonly key: string } | undefined;
    }
  | { readonly do: 'records'; readonly place: string }
  | { readonly do: 'release' | 'reached'; readonly place: string; readonly gate: string }
);

export interface Reply {
  readonly port?: number;
  readonly records?: Records;
  readonly error?: string;
}
