import type { Debugged, Profiled } from './debug.ts';
import { line, type Query, type Reply, type Route } from './routes.ts';

interface Debugging {
  /** Does the config want it? */
  readonly on: () => boolean;
  /** This process, or one of several workers by its number; undefined where there is none. */
  readonly of: (worker: number | undefined) => Debugged | undefined;
}

/** In seconds. */
const LONGEST = 60;
const USUAL = 10;

/** `/debug/profile` and `/debug/heap`: off by default, and never for everybody. */
export function debugRoutes({ on, of }: Debugging): readonly Route[] {
  const about = async (query: Query, answer: (of: Debugged) => Promise<Reply>): Promise<Reply> => {
    if (!on()) return line(404, 'this is off; set admin.debug: true');
    const asked = query.get('worker');
    const number = asked === undefined ? undefined : wholeOf(asked, 1, Number.MAX_SAFE_INTEGER);
    if (asked !== undefined && number === undefined)
      return line(400, 'worker must be the number of a worker');
    const process = of(number);
    return process ? await answer(process) : line(404, 'there is no such worker at the moment');
  };
  return [
    {
      method: 'POST',
      path: '/debug/profile',
      query: ['seconds', 'worker'],
      guarded: true,
      recorded: true,
      takes: (query) => (secondsOf(query) ?? 0) * 1000,
      answer: async ({ query, signal }) => {
        const seconds = secondsOf(query);
        if (seconds === undefined) return line(400, `seconds must be a whole number from 1 to ${LONGEST}`);
        return await about(query, async (process) => profileReply(await process.profile(seconds, signal)));
      },
    },
    {
      method: 'GET',
      path: '/debug/heap',
      query: ['worker'],
      guarded: true,
      recorded: true,
      answer: async ({ query }) =>
        await about(query, async (process) => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: `${JSON.stringify(await process.memory(), null, 2)}\n`,
        })),
    },
  ];
}

function profileReply({ profile }: Profiled): Reply {
  if (profile === undefined)
    return line(409, 'another profile is under way, or the worker does not answer; try again later');
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="ssec-proxy.cpuprofile"',
    },
    body: profile,
  };
}

function secondsOf(query: Query): number | undefined {
  return wholeOf(query.get('seconds') ?? String(USUAL), 1, LONGEST);
}

function wholeOf(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= least && number <= most ? number : undefined;
}
