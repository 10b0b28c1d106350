import { plainServe } from './plain-serve.ts';
import { processIo } from './process-io.ts';

/** The command line of this process. What it asks for decides what is loaded: of --version alone, nothing but its text. */
export async function runProcess(): Promise<void> {
  const args = process.argv.slice(2);
  const io = processIo();
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    io.stdout.write(`${(await import('./version.ts')).versionText()}\n`);
    return;
  }
  const asked = plainServe(args, process.env);
  if (asked) {
    process.exitCode = await (await import('./serve.ts')).serve(asked, io);
    return;
  }
  process.exitCode = await (await import('./run.ts')).run(args, io);
}
