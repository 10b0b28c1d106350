import * as z from '../zod.ts';

export const metricsSchema = () =>
  z
    .strictObject({
      labels: z
        .array(z.enum(['client', 'bucket']))
        .default([])
        .describe(
          'Also counts requests and bytes by client, bucket or both: ssec_proxy_usage_requests_total and ' +
            'ssec_proxy_usage_bytes_total. Only clients and buckets that the config names have a series of their own; ' +
            'others count together.',
        ),
    })
    .prefault({})
    .describe('Metrics.');
