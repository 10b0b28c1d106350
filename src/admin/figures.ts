import type { Registry } from 'prom-client';

/** As prom-client has them: one entry for each metric. */
export type Figures = readonly Figure[];
export type Figure = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];
