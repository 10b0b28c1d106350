import util from 'node:util';

/**
 * http-proxy reads `util._extend` when it is loaded, which Node deprecates (DEP0060) and warns about at the first request.
 * Node recommends Object.assign instead, which does the same for the two plain objects that http-proxy merges.
 * Imported before http-proxy, by the one file that imports it.
 */
(util as unknown as { _extend: unknown })._extend = Object.assign;
