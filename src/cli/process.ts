import { processIo } from './process-io.ts';
import { run } from './run.ts';

/** The command line of this process. */
export async function runProcess(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), processIo());
}
