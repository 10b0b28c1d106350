import { setTimeout as pause } from 'node:timers/promises';

/** What a process tells of itself to those who look for what takes its time and its memory. */
export interface Debugged {
  /**
   * Which functions take the CPU time, as a `.cpuprofile`: names of functions, files and lines, and no value of any.
   * @returns without a profile when another one is under way
   */
  profile(seconds: number, signal?: AbortSignal): Promise<Profiled>;
  memory(): Promise<object>;
}

export interface Profiled {
  /** JSON. */
  readonly profile?: string | undefined;
}

/** @param held what the proxy itself holds, by names of its own */
export function debugged(held: () => object = () => ({})): Debugged {
  let under = false;
  return {
    profile: async (seconds, signal) => {
      if (under) return {};
      under = true;
      try {
        return { profile: await profileCpu(seconds, signal) };
      } finally {
        under = false;
      }
    },
    memory: async () => {
      // Here, since nothing else needs it.
      const { getHeapSpaceStatistics, getHeapStatistics } = await import('node:v8');
      return {
        pid: process.pid,
        process: process.memoryUsage(),
        heap: getHeapStatistics(),
        spaces: getHeapSpaceStatistics(),
        held: held(),
      };
    },
  };
}

/** By a session in this process: no port is opened, and no heap is looked at, which has keys in it. */
async function profileCpu(seconds: number, signal: AbortSignal | undefined): Promise<string> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await pause(seconds * 1000, undefined, signal && { signal }).catch(() => {});
    const { profile } = await session.post('Profiler.stop');
    return JSON.stringify(profile);
  } finally {
    session.disconnect();
  }
}
