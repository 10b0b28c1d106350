import { createHash } from 'node:crypto';
import type { Lane } from './lab/config.ts';
import type { LogLine } from './lab/proxy.ts';
import type { Played, Seen } from './play.ts';
import type { Ask, Line, Records, Shown, Taken } from './row.ts';
import { fieldOf } from './wire/message-reader.ts';
import { pattern } from './wire/pattern.ts';

/** What is wrong with what a row showed; empty if it is what must be. */
export function judge(
  { name, row, lean = false }: Lane,
  { seen, lines, records }: Played,
): readonly string[] {
  const asks = row.asks.map((ask, at) => ({ ask, at, seen: seen[at] }));
  const logged = asks.filter(({ ask }) => ask.line !== 'none');
  return [
    ...asks.flatMap(({ ask, at, seen: one }) =>
      (one ? clientFaults(ask, one, row.store.turns === undefined) : ['it was not asked']).map(
        (fault) => `ask ${at + 1}: ${fault}`,
      ),
    ),
    ...asks.flatMap(({ ask, at, seen: one }) =>
      one ? falseSuccess(ask, one, name, records).map((fault) => `ask ${at + 1}: ${fault}`) : [],
    ),
    ...(lines.length === logged.length
      ? []
      : [`${lines.length} lines in the log for ${logged.length} requests`]),
    ...(row.pipelined ? mixedUp(asks, lines) : []),
    ...(row.together
      ? []
      : logged.flatMap(({ ask: { line = {} }, seen: one }, at) =>
          line === 'none' ? [] : lineFaults(line, lineOf(one, lines) ?? lines[at], one),
        )),
    ...storeFaults(row.taken ?? {}, records, lean),
    ...records.requests
      .filter(({ target }) => !target.startsWith(`/${name}/`) && !target.startsWith(`/${name}?`))
      .map(({ target }) => `the store got a request of another row: ${target}`),
  ];
}

function clientFaults(ask: Ask, { client, place, late, ms }: Seen, good: boolean): string[] {
  const answer = client.answers[place];
  const what = answer
    ? `${answer.status}${answer.whole ? '' : ' cut'}, ${answer.body.length} bytes${codeIn(answer.body)}`
    : 'no answer';
  const faults: string[] = [];
  if (late)
    faults.push(`nothing ended it in ${Math.round(ms / 1000)} s (${what}, connection ${client.ended})`);
  if (client.fault !== undefined) faults.push(`the client got what is not HTTP: ${client.fault}`);
  if (client.answers.length > client.asked) faults.push('more answers than requests');
  if (ask.shows === 'left') return faults;
  if (ask.shows === 'ended') {
    if (client.ended === 'open' && !answer?.whole) faults.push('neither an answer nor an end');
    return faults;
  }
  const reasons = ask.shows.map((shown) => shownFaults(shown, answer, client.ended));
  if (!late && !reasons.some((list) => list.length === 0))
    faults.push(`${what}: ${reasons.map((list) => list.join(', ')).join(' | ')}`);
  if (good && answer?.whole) faults.push(...shortObject(ask, answer));
  return faults;
}

/** Whatever a row allows: an answer that looks whole has the bytes of its object. */
function shortObject(
  { objectKey, method = 'GET' }: Ask,
  answer: NonNullable<Seen['client']['latest']>,
): string[] {
  const [, digits] = /\/(?:length|chunked)-(\d+)$/.exec(objectKey) ?? [];
  if (digits === undefined || method !== 'GET' || answer.status !== 200) return [];
  return answer.body.equals(pattern(0, Number(digits)))
    ? []
    : [`it looks whole with ${answer.body.length} bytes of ${digits}`];
}

function shownFaults(shown: Shown, answer: Seen['client']['latest'], ended: string): string[] {
  const { status, codes, body = 'whole', object, text, fields = {} } = shown;
  if (status === 'none') {
    if (answer) return ['an answer came'];
    return ended === 'open' ? ['the connection did not end'] : [];
  }
  if (!answer) return [`no answer in place of ${status.join(' or ')}`];
  const faults: string[] = [];
  if (!status.includes(answer.status)) faults.push(`status ${answer.status}, not ${status.join(' or ')}`);
  const code = codeIn(answer.body).trim();
  if (codes && !codes.includes(code)) faults.push(`code ${code || 'missing'}, not ${codes.join(' or ')}`);
  if (body === 'whole' && !answer.whole) faults.push('the body is cut');
  if (body === 'cut' && answer.whole) faults.push('the body looks whole');
  if (body === 'cut' && ended === 'open') faults.push('the connection did not end');
  if (object !== undefined && !answer.body.equals(pattern(0, object)))
    faults.push(`not the ${object} bytes of the object`);
  if (text !== undefined && answer.body.toString('latin1') !== text)
    faults.push(`not the text ${JSON.stringify(text)}`);
  for (const [name, wanted] of Object.entries(fields)) {
    const value = fieldOf(answer.head, name);
    if (wanted === 'absent' ? value !== undefined : !wanted.test(value ?? ''))
      faults.push(`${name} is ${value ?? 'missing'}`);
  }
  return faults;
}

function codeIn(body: Buffer): string {
  const [, code] = /<Code>([A-Za-z]+)<\/Code>/.exec(body.toString('latin1', 0, 4096)) ?? [];
  return code === undefined ? '' : ` ${code}`;
}

/** A 2xx to an upload means that the store has it, byte for byte. */
function falseSuccess(ask: Ask, { client, place }: Seen, bucket: string, { requests }: Records): string[] {
  const answer = client.answers[place];
  const { method = ask.body === undefined ? 'GET' : 'PUT', body, objectKey, query } = ask;
  if (method !== 'PUT' || typeof body !== 'number' || !answer || answer.status > 299 || !answer.whole)
    return [];
  if (codeIn(answer.body) !== '') return [];
  const target = `/${bucket}/${objectKey}${query === undefined ? '' : `?${query}`}`;
  const digest = createHash('sha256').update(pattern(0, body)).digest('hex');
  const there = requests.some(
    (taken) => taken.target.startsWith(target) && taken.whole && taken.sha256 === digest,
  );
  return there ? [] : ['it was told that an object is stored which the store does not have'];
}

/** An answer has the id of its own request, and of no other. */
function mixedUp(
  asks: readonly { readonly ask: Ask; readonly at: number; readonly seen: Seen | undefined }[],
  lines: readonly LogLine[],
): string[] {
  return asks.flatMap(({ ask: { objectKey }, at, seen }) => {
    const line = lineOf(seen, lines);
    return line === undefined || line.objectKey === undefined || line.objectKey === objectKey
      ? []
      : [`ask ${at + 1}: its answer is that of ${JSON.stringify(line.objectKey)}`];
  });
}

/** By the id that the client was told: an answer may be out before an earlier one is logged. */
function lineOf(seen: Seen | undefined, lines: readonly LogLine[]): LogLine | undefined {
  const answer = seen?.client.answers[seen.place];
  const id = answer && fieldOf(answer.head, 'x-amz-request-id');
  return lines.find((line) => line.id === id);
}

function lineFaults(
  { codes, cause, attempts, level, status }: Line,
  line: LogLine | undefined,
  seen: Seen | undefined,
): string[] {
  if (!line) return [];
  const faults: string[] = [];
  const failed = line.outcome === 'failed' || line.outcome === 'cut' || line.status === 499;
  const wanted = level ?? (failed ? 'warn' : 'info');
  const answer = seen?.client.answers[seen.place];
  if (line.level !== wanted) faults.push(`its level is ${String(line.level)}, not ${wanted}`);
  if (answer && answer.status !== line.status)
    faults.push(`the log says ${String(line.status)}, the client got ${answer.status}`);
  if (codes && !codes.includes(line.code as string | undefined))
    faults.push(`the log says ${String(line.code)}, not ${codes.join(' or ')}`);
  if (
    failed &&
    line.attempts !== undefined &&
    line.upstreamStatus !== line.status &&
    (typeof line.cause !== 'string' || line.cause === '')
  )
    faults.push('the line has no cause');
  if (cause && !cause.test(String(line.cause))) faults.push(`the cause is ${String(line.cause)}`);
  if (attempts !== undefined && line.attempts !== attempts)
    faults.push(`attempts is ${String(line.attempts)}, not ${attempts}`);
  if (status !== undefined && line.status !== status)
    faults.push(`status is ${String(line.status)}, not ${status}`);
  return faults;
}

/** As pino counts them. */

function storeFaults(
  { requests, whole, connections }: NonNullable<Lane['row']['taken']>,
  records: Records,
  lean: boolean,
): string[] {
  const asked = records.requests.filter(({ target }) => !target.includes('.ssec-proxy-probe'));
  const complete = asked.filter((taken: Taken) => taken.whole).length;
  const open = records.connections.filter((end) => end === 'open').length;
  const faults = records.faults.map((fault) => `the store got what is not HTTP: ${fault}`);
  if (requests && !requests.includes(asked.length))
    faults.push(`the store got ${asked.length} requests, not ${requests.join(' or ')}`);
  if (whole !== undefined && whole !== complete)
    faults.push(`the store got ${complete} whole requests, not ${whole}`);
  const seen = records.connections.length;
  const gets = records.requests.filter(({ method }) => method === 'GET').length;
  const apart = lean && gets > 0 && gets < records.requests.length ? 1 : 0;
  if (connections && !connections.includes(seen) && !connections.includes(seen - apart))
    faults.push(`the store saw ${seen} connections, not ${connections.join(' or ')}`);
  if (open > 0) faults.push(`${open} of ${records.connections.length} connections to the store stay open`);
  return faults;
}
