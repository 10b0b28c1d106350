import { run } from './run.ts';

/**
 * The time of all files, in seconds since 1970: SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/),
 * or that of the commit.
 */
export function epoch(checkout: string, given = process.env.SOURCE_DATE_EPOCH): number {
  const text = (given ?? commitTime(checkout)).trim();
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error('SOURCE_DATE_EPOCH must be seconds since 1970');
}

function commitTime(checkout: string): string {
  try {
    // In a container the checkout may belong to somebody else, which git would refuse.
    return run('git', ['-c', 'safe.directory=*', 'log', '-1', '--format=%ct'], checkout);
  } catch (cause) {
    throw new Error('git does not tell the time of the commit; set SOURCE_DATE_EPOCH', { cause });
  }
}
