import { onlyIf } from './scalars.ts';

/** The values under `injector`. */
export const InjectorSchema = onlyIf({});
