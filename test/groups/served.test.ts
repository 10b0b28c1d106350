import { filesOf, runFiles } from './groups.ts';

await runFiles(filesOf('served'));
