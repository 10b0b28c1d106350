/** What the health of the proxy is made of. */
export const PARTS = [
  'config',
  'keys',
  'workers',
  'stores',
  'credentials',
  'buckets',
  'log',
  'audit',
  'certificates',
  'clients',
  'limits',
  'requests',
] as const;

export type Part = (typeof PARTS)[number];

/** The parts that can make it not ready. Others say nothing of whether requests can be served here rather than elsewhere. */
export const DECIDING_PARTS = [
  'config',
  'keys',
  'workers',
  'stores',
  'credentials',
  'log',
  'audit',
  'certificates',
] as const;
