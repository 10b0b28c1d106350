import util from 'node:util';

/**
 * http-proxy takes `util._extend` when it is loaded, which Node deprecates (DEP0060) and warns of at the first request.
 * Object.assign is what Node says to use instead, and what it does for the two plain objects that http-proxy merges.
 * Imported before http-proxy, by the one file that imports it.
 */
(util as unknown as { _extend: unknown })._extend = Object.assign;
