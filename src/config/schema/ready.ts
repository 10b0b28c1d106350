import { DECIDING_PARTS } from '../../health-parts.ts';
import * as z from '../zod.ts';
import { choice, pause } from './scalars.ts';

export const readySchema = () =>
  z
    .strictObject({
      required: z
        .array(choice(DECIDING_PARTS, 'A part, as /readyz?verbose names it.'))
        .default(['keys'])
        .describe(
          'Parts that make the proxy not ready when they do not work. All others are shown as degraded. With stores or ' +
            'credentials, all replicas are taken out of service when the store is down, and clients see no S3 error but a ' +
            'refused connection.',
        ),
      probe: pause(
        'How often a store is connected to when no request tells how it is: TCP and TLS, without a request. ' +
          'It finds a store that is away before a client does, and puts nothing into its log of requests.',
        '30s',
      ),
    })
    .prefault({})
    .describe('Readiness, as /readyz tells it.');
