import type { Answer } from './send.ts';

/** What was tried in this process, and what failed of it. */
let passed = 0;
const failures: string[] = [];

export async function check(what: string, how: () => Promise<void>): Promise<void> {
  try {
    await how();
    passed += 1;
    console.log(`ok      ${what}`);
  } catch (error) {
    failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    console.log(`FAILED  ${what}`);
  }
}

export function equal(seen: unknown, wanted: unknown): void {
  if (seen !== wanted) throw new Error(`${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
}

/** Says what failed, and gives the exit code. */
export function summary(): number {
  for (const failure of failures) console.error(`\nFAILED ${failure}`);
  console.log(`\n${passed} passed, ${failures.length} failed`);
  return failures.length > 0 || passed === 0 ? 1 : 0;
}

/** The status, with the code of S3 where the answer has one. */
export function outcome({ status, body }: Answer): string {
  const code = /<Code>(\w{1,64})<\/Code>/.exec(body)?.[1];
  return code === undefined ? String(status) : `${status} ${code}`;
}
