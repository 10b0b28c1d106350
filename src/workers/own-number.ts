/** Tells a process that it is a worker, and which one. The command line is that of the master: no secret is in either. */
export const WORKER_NUMBER = 'SSEC_PROXY_WORKER';

/** The number of this process, if it is a worker. What it starts itself is none. */
export function ownNumber(): number | undefined {
  const number = process.env[WORKER_NUMBER];
  delete process.env[WORKER_NUMBER];
  return process.connected && number !== undefined ? Number(number) : undefined;
}
