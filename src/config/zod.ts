import { config } from 'zod';

export * from 'zod';

// A config is parsed once; to write and compile a parser for it first takes longer. Each schema looks at this when it is made:
// so all of them take zod from here.
config({ jitless: true });
