import type { Call } from '../load/call.ts';
import type { Work } from '../load/work.ts';
import { BUCKET } from '../stand/ground.ts';
import { bodyOf, LIST, SIZES } from '../stand/objects.ts';

const MIB = 1024 * 1024;

/** So many clients, and so many objects, for each size: large ones would fill the machine. */
const SCALE: Readonly<Record<string, { connections: number; objects: number }>> = {
  '1k': { connections: 16, objects: 256 },
  '64k': { connections: 16, objects: 64 },
  '1m': { connections: 8, objects: 8 },
  '64m': { connections: 4, objects: 4 },
};

export const get = (size: string, more: Partial<Call> = {}, folder = size): Work => ({
  ...shape(size),
  calls: objects(size, (index) => ({ method: 'GET', path: `/${BUCKET}/${folder}/${index}`, ...more })),
  answer: bodyOf(size),
});

export const head = (size: string): Work => ({
  ...shape(size),
  calls: objects(size, (index) => ({ method: 'HEAD', path: `/${BUCKET}/${size}/${index}` })),
  by: 'links',
});

export const put = (size: string, payload: NonNullable<Call['payload']> = 'unsigned'): Work => {
  const body = bodyOf(size);
  return {
    ...shape(size),
    calls: objects(size, (index) => ({ method: 'PUT', path: `/${BUCKET}/new/${index}`, body, payload })),
    received: body.length,
  };
};

/** A list of 1,000 objects. `marked`: every ETag has its mark. */
export const list = (etags: 'passed' | 'marked' = 'passed'): Work => ({
  connections: 16,
  calls: [{ method: 'GET', path: `/${BUCKET}?list-type=2&max-keys=1000` }],
  answer: Buffer.from(etags === 'passed' ? LIST : LIST.replaceAll('&quot;</ETag>', '-0&quot;</ETag>')),
});

function shape(size: string): Pick<Work, 'connections' | 'by' | 'mib'> {
  const mib = (SIZES[size] ?? 0) / MIB;
  return {
    connections: SCALE[size]?.connections ?? 1,
    ...(mib >= 1 && { by: 'links' as const }),
    ...(mib > 1 && { mib }),
  };
}

function objects(size: string, call: (index: number) => Call): readonly Call[] {
  return Array.from({ length: SCALE[size]?.objects ?? 1 }, (_, index) => call(index));
}
