import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { configIdOf } from '../keys/derive.ts';
import { isFault, type Verdict } from './judge.ts';
import { exitCodeOf, type Result } from './result.ts';
import type { Amount } from './tally.ts';

export interface Lines {
  verdict(verdict: Verdict): Promise<void>;
  /** Writes the summary as the last line; resolves when all lines are on the disk. */
  end(result: Result): Promise<void>;
}

/**
 * JSON Lines in a file: one line per fault, or with `all` one per version, in the order of the checks, and a summary.
 * @throws Error when the file can't be opened
 */
export async function jsonLines(file: string | undefined, all: boolean): Promise<Lines> {
  if (file === undefined) return { verdict: async () => {}, end: async () => {} };
  const out = createWriteStream(file);
  await once(out, 'open');
  let failure: Error | undefined;
  out.on('error', (error) => {
    failure = error;
  });
  const write = async (line: object): Promise<void> => {
    if (failure) throw failure;
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  };
  return {
    verdict: async (verdict) => {
      if (all || isFault(verdict)) await write(lineOf(verdict));
    },
    end: async (result) => {
      await write(summaryOf(result));
      const written = finished(out);
      out.end();
      await written;
    },
  };
}

function lineOf(verdict: Verdict): object {
  const { bucket, listed, state, rule, ssecKey, failure } = verdict;
  return {
    type: 'version',
    bucket,
    objectKey: listed.objectKey,
    versionId: listed.versionId ?? null,
    bytes: listed.size,
    state,
    fault: isFault(verdict),
    rule,
    ...(ssecKey ? { keyId: ssecKey.id, fingerprint: ssecKey.fingerprint } : {}),
    ...(failure ? { code: failure.code, message: failure.message } : {}),
  };
}

function summaryOf(result: Result): object {
  const { tally, ssecKeys, places, began, ended, oneIn, trouble } = result;
  const { faults, elsewhere, deleteMarkers, gone, all, faultCount } = tally;
  return {
    type: 'summary',
    exitCode: exitCodeOf(result),
    finished: trouble === undefined,
    ...(trouble === undefined ? {} : { trouble }),
    began: began.toISOString(),
    ended: ended.toISOString(),
    places: places.map(({ bucket, prefix, of }) => ({ bucket, prefix, of })),
    oneIn,
    ...all,
    faultCount,
    keys: [
      ...tally.keys,
      ...ssecKeys.filter(({ id }) => !tally.keys.has(id)).map(({ id }) => [id, NOTHING] as const),
    ].map(([id, amount]) => keyLine(id, amount, ssecKeys)),
    faults,
    elsewhere,
    deleteMarkers: deleteMarkers.versions,
    removedMeanwhile: gone.versions,
  };
}

const NOTHING = { versions: 0, bytes: 0 };

/** `fingerprint` is that of the key in the config, because each derived key has its own. */
function keyLine(id: string, amount: Amount, ssecKeys: Result['ssecKeys']): object {
  const { id: keyId, derived } = configIdOf({ id });
  const fingerprint = ssecKeys.find((ssecKey) => ssecKey.id === keyId)?.fingerprint;
  return { keyId, derived, fingerprint, ...amount };
}
