import { NAME_LIMITS, type NameLimits } from '../../upstream/names/limits.ts';
import { inWords } from '../duration.ts';
import * as z from '../zod.ts';
import { count, duration } from './scalars.ts';

const most = (limit: keyof NameLimits, what: string) => count(what, NAME_LIMITS[limit], 100_000);
const time = (limit: keyof NameLimits, what: string) => duration(what, inWords(NAME_LIMITS[limit]));

export const namesSchema = () =>
  z
    .strictObject({
      lookups: most(
        'lookups',
        'Look-ups at once. Each opens a socket or two, which count among the file descriptors. Further ones wait.',
      ),
      lookupsPerDomain: most(
        'lookupsPerDomain',
        'Look-ups at once of names in one domain. Less than lookups, so that a domain whose servers hang leaves some to others.',
      ),
      remembered: most(
        'remembered',
        'Names that are remembered; the one that was asked for longest ago is forgotten first. With addressing: virtual, ' +
          'each bucket is a name.',
      ),
      timeout: time(
        'timeout',
        'Time for a look-up, its wait for others included. A connection also has its own time (upstream.timeouts.connect).',
      ),
      ttl: time(
        'ttl',
        'Longest time that an answer is used before the name is looked up again. A shorter TTL of the DNS server counts, ' +
          'down to a second.',
      ),
      keep: time(
        'keep',
        'How long the last good addresses are used when look-ups fail, for connections with TLS, which proves that an ' +
          'address is still the right one.',
      ),
      keepInsecure: time(
        'keepInsecure',
        'The same for plain HTTP. Short, since an address that went to somebody else would get the SSE-C keys.',
      ),
    })
    .prefault({})
    .describe('How the host names of stores and vaults are looked up.');
