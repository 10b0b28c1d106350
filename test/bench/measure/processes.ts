import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that it started, as long as they live. */
export function processesOf(pid: number): number[] {
  return [
    pid,
    ...tasksOf(pid)
      .flatMap((task) => childrenOf(pid, task))
      .flatMap(processesOf),
  ];
}

/** Nanoseconds of CPU that all threads of these processes have used. A thread that ended is not counted. */
export function cpuOf(pid: number): number {
  return processesOf(pid)
    .flatMap((process) => tasksOf(process).map((task) => ranFor(process, task)))
    .reduce((sum, ns) => sum + ns, 0);
}

/** Bytes of memory that the processes hold. What they share is counted for each. */
export function rssOf(pid: number): number {
  return bytesOf(pid, /^VmRSS:\s+(\d+) kB/m);
}

/** The sum of what each of the processes has ever held at its peak. */
export function peakOf(pid: number): number {
  return bytesOf(pid, /^VmHWM:\s+(\d+) kB/m);
}

function bytesOf(pid: number, line: RegExp): number {
  return processesOf(pid)
    .map((process) => Number(line.exec(read(`/proc/${process}/status`))?.[1] ?? 0) * 1024)
    .reduce((sum, bytes) => sum + bytes, 0);
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function childrenOf(pid: number, task: string): number[] {
  return read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number);
}

/** https://docs.kernel.org/scheduler/sched-stats.html: time spent on the cpu (in nanoseconds) */
function ranFor(pid: number, task: string): number {
  return Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]);
}

/** Empty if the process or the thread has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
