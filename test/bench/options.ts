import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Peer } from './stand/stand.ts';

export const USAGE = `npm run bench -- [options]
  --cases a,b     those alone; all by default
  --rounds N      of each contestant, interleaved; 5 by default, 30 for observing
  --seconds N     of load in each round; 3 by default
  --warm N        seconds of load before anything counts; 15 by default
  --peers a,b     of direct, nginx, njs, versitygw; direct,nginx,njs by default. VERSITYGW names its program
  --short         2 rounds of 1 second, and a second to get warm instead of 15
  --write         puts the results into test/bench/results.json, from which docs/performance.md is made
  --gate          compares with test/bench/baseline.json and fails; --rebase writes that file
  --main FILE     the program to measure; dist/main.js by default
`;

const PEERS: readonly Peer[] = ['direct', 'nginx', 'njs', 'versitygw'];

export interface Options {
  /** Undefined: all. */
  readonly cases: readonly string[] | undefined;
  readonly rounds: number;
  /** The same where small differences count. */
  readonly manyRounds: number;
  readonly seconds: number;
  readonly warm: number;
  readonly peers: readonly Peer[];
  readonly write: boolean;
  readonly gate: 'no' | 'compare' | 'rebase';
  readonly main: string;
}

/** @throws TypeError with the usage, for what is none of the options */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      warm: { type: 'string' },
      peers: { type: 'string', default: 'direct,nginx,njs' },
      short: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      gate: { type: 'boolean', default: false },
      rebase: { type: 'boolean', default: false },
      main: { type: 'string', default: join(import.meta.dirname, '../../dist/main.js') },
    },
  });
  const peers = values.peers.split(',').filter(Boolean);
  const unknown = peers.find((peer) => !PEERS.includes(peer as Peer));
  if (unknown !== undefined) throw new TypeError(`there is no peer "${unknown}"\n${USAGE}`);
  return {
    cases: values.cases?.split(','),
    rounds: positive(values.rounds ?? (values.short ? '2' : '5')),
    manyRounds: positive(values.rounds ?? (values.short ? '2' : '30')),
    seconds: positive(values.seconds ?? (values.short ? '1' : '3')),
    warm: positive(values.warm ?? (values.short ? '1' : '15')),
    peers: peers as Peer[],
    write: values.write,
    gate: values.rebase ? 'rebase' : values.gate ? 'compare' : 'no',
    main: values.main,
  };
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new TypeError(`"${text}" is not a number above 0\n${USAGE}`);
  return number;
}
