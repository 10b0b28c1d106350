import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { end } from '../proxy.ts';
import { markersBelow } from '../search.ts';
import type { RunningStore, TlsFiles } from '../store.ts';
import { untilReady } from './ready.ts';

/** A process that serves one folder on one port. */
export interface Server {
  readonly child: ChildProcess;
  readonly port: string;
}

interface Program extends Pick<RunningStore, 'version'> {
  /** The folders are named after it. */
  readonly id: string;
  /** Where it answers 200 when it is ready. */
  readonly health: string;
  /** Starts it over a folder, with or without TLS. */
  readonly serve: (data: string, over: 'tls' | 'plain') => Promise<Server>;
}

/** Of every store that is one process with one owner. */
export const CREDENTIALS = { accessKeyId: 'MATRIXSTORE', secretAccessKey: 'only-for-the-matrix' };

/** One server over TLS, and, where it is asked for, another one without, over a folder of its own. */
export async function startServers(
  { id, health, serve, version }: Program,
  folder: string,
  { caFile }: TlsFiles,
  plain: boolean,
): Promise<RunningStore> {
  const data = join(folder, id);
  const secure = await serve(data, 'tls');
  const other = plain ? await serve(join(folder, `${id}-plain`), 'plain') : undefined;
  const endpoint = `https://localhost:${secure.port}`;
  const plainEndpoint = `http://localhost:${other?.port}`;
  await untilReady(endpoint + health, secure.child);
  if (other) await untilReady(plainEndpoint + health, other.child);
  return {
    endpoint,
    ...(other && { plainEndpoint }),
    caFile,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    version,
    markers: async () => {
      await end(secure.child);
      return await markersBelow(data);
    },
    stop: async () => {
      await end(secure.child);
      if (other) await end(other.child);
    },
  };
}
