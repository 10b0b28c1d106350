import type { Store } from '../store.ts';
import { ceph } from './ceph.ts';
import { garage } from './garage.ts';
import { minio } from './minio.ts';
import { sandbox } from './sandbox.ts';
import { sandboxObs } from './sandbox-obs.ts';
import { seaweedfs } from './seaweedfs.ts';
import { versitygw } from './versitygw.ts';

/** Every store of the matrix, in the order in which they are tried. */
export const STORES: readonly Store[] = [sandbox, sandboxObs, ceph, minio, seaweedfs, garage, versitygw];
