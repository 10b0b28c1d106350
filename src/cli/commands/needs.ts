import type { Needs } from '../../config/needs.ts';

/**
 * What commands need of what a config names. Help and the docs say it in the words of `needs` of the command; the buckets
 * come from the command line.
 */
export const EXPLAIN_NEEDS: Needs = { listeners: false, stores: false, clients: 'none', keys: 'all' };
export const DOCTOR_NEEDS: Needs = { listeners: false, stores: true, clients: 'none', keys: 'all' };
export const VERIFY_NEEDS: Needs = { listeners: false, stores: true, clients: 'none', keys: 'all' };
export const RECOVER_NEEDS: Needs = { listeners: false, stores: true, clients: 'none', keys: 'any' };
