import { encodePath } from '../../s3/percent.ts';
import { echoOf, ssecHeaders } from '../../ssec/headers.ts';
import { ask, get, isFailure, put, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import type { Finding } from '../finding.ts';

/**
 * What the documents of OBS leave open, asked of the service itself. Nothing here stops the work: the proxy does not rely on
 * it, or proves it with each request.
 */
export const ofObs: Check<Bench> = {
  name: 'OBS',
  needs: 'written',
  run: async (bench) => {
    if (bench.upstream.provider.name !== 'obs') return [];
    return [await append(bench), await copyOntoItself(bench), await persistentHeader(bench)];
  },
};

/** Does an append name its key, and does one with another key fail? */
async function append(bench: Bench): Promise<Finding> {
  const objectKey = `${bench.folder}appended`;
  const [first, second] = [bench.bytes(41), bench.bytes(43)];
  const begun = await appendAt(bench, objectKey, 0, first);
  if (isFailure(begun))
    return { grade: 'note', found: `the store refuses an append with an SSE-C key: ${wordsOf(begun)}` };
  const ssecKey = bench.keyOf(objectKey);
  const other = await appendAt(bench, objectKey, first.length, second, bench.stranger);
  const more = await appendAt(bench, objectKey, first.length, second);
  const read = await get(bench, objectKey, ssecKey);
  if (isFailure(more) || isFailure(read) || !read.body.equals(Buffer.concat([first, second])))
    return {
      grade: 'note',
      found: 'an object under an SSE-C key can be begun by an append, and does not grow',
    };
  if (!isFailure(await get(bench, objectKey, undefined)))
    return { grade: 'note', found: 'the store answers 200 to appends and stores them unencrypted' };
  const named = [begun, more].every(({ response }) => echoOf(response, ssecKey) === 'ours');
  const found = `an object grows by appends under its key, which the answers ${named ? 'name' : 'do not name'}`;
  const stranger = isFailure(other)
    ? `an append with another key is refused: ${wordsOf(other)}`
    : 'an append with another key is accepted';
  return { grade: isFailure(other) ? 'fine' : 'note', found: `${found}; ${stranger}` };
}

function appendAt(
  { bucket, made, ...bench }: Bench,
  objectKey: string,
  position: number,
  body: Buffer,
  ssecKey = bench.keyOf(objectKey),
): ReturnType<typeof ask> {
  made.add(objectKey);
  const query = { append: undefined, position: String(position) };
  const headers = ssecHeaders('target', ssecKey);
  return ask(bench, { method: 'POST', bucket, objectKey, query, headers, body }, [ssecKey]);
}

/** A copy of an object onto itself is how its key is changed; OBS refuses it when the request has a directive. */
async function copyOntoItself(bench: Bench): Promise<Finding> {
  const objectKey = `${bench.folder}itself`;
  const body = bench.bytes(57);
  const stored = await put(bench, objectKey, { body, headers: ssecHeaders('target', bench.stranger) });
  if (isFailure(stored)) return { grade: 'note', found: `a probe cannot be stored: ${wordsOf(stored)}` };
  const source = {
    'x-amz-copy-source': `/${bench.bucket}/${encodePath(objectKey)}`,
    ...ssecHeaders('source', bench.stranger),
  };
  const answer = await put(bench, objectKey, { body: Buffer.alloc(0), headers: source });
  const read = await get(bench, objectKey, bench.keyOf(objectKey));
  if (isFailure(answer))
    return { grade: 'note', found: `a copy onto itself does not change the key: ${wordsOf(answer)}` };
  return !isFailure(read) && read.body.equals(body)
    ? { grade: 'fine', found: 'a copy of an object onto itself changes its key' }
    : { grade: 'note', found: 'a copy of an object onto itself is accepted, and does not change its key' };
}

/** An object that brings headers of its own could bring an echo: the proxy drops those names, whatever the service does. */
async function persistentHeader(bench: Bench): Promise<Finding> {
  const objectKey = `${bench.folder}persistent`;
  const [name, value] = ['x-amz-meta-of-doctor', 'persistent'];
  const headers = { 'x-obs-persistent-headers': `${name}:${Buffer.from(value).toString('base64')}` };
  const stored = await put(bench, objectKey, { body: bench.bytes(31), headers });
  if (isFailure(stored))
    return {
      grade: 'fine',
      found: `persistent headers that begin with x-amz- are refused: ${wordsOf(stored)}`,
    };
  const read = await get(bench, objectKey, bench.keyOf(objectKey), 'HEAD');
  const brought = !isFailure(read) && read.response.headers[name] === value;
  return {
    grade: 'note',
    found: `persistent headers that begin with x-amz- are accepted, and ${brought ? 'come back' : 'do not come back'}`,
  };
}
