import { chart } from './chart.js';

/** @import { StatusDocument } from '../src/status/document.ts' */

/** How often the proxy is asked, in milliseconds. */
const EVERY_MS = 10_000;
/** How long an answer may take, in milliseconds. */
const MOST_MS = 8000;

const STATES = { ok: 'OK', warn: 'Look at this', degraded: 'Degraded', failed: 'Failed' };

const requests = chart('requests-chart', (value) => String(Math.round(value)));
const time = chart('time-chart', inMs);
const bytes = chart('bytes-chart', inBytes);

/** @param {string} id @returns {HTMLElement} */
function at(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element;
}

/**
 * Changes nothing where nothing changed: a screen reader reads out what does.
 *
 * @param {string} id
 * @param {string} text
 */
function say(id, text) {
  const element = at(id);
  if (element.textContent !== text) element.textContent = text;
}

/** @param {StatusDocument} status */
function show(status) {
  const { state, sentence, fix, findings, proxy, config, history } = status;
  at('health').className = `health ${state}`;
  say('state', STATES[state]);
  say('sentence', sentence);
  say('fix', fix ? `What to do: ${fix}` : '');
  document.title = state === 'ok' ? 'ssec-proxy' : `${STATES[state]}: ssec-proxy`;
  list(
    'findings',
    findings.slice(1).map((one) => `${one.sentence} ${one.fix}`),
  );
  const workers = proxy.workers ? `, ${proxy.workers.serving} of ${proxy.workers.wanted} workers serve` : '';
  say('about', `since ${when(proxy.startedAt)}${workers}`);
  showHistory(history);
  showTables(status);
  say('loaded', `The config in use was loaded ${when(config.loadedAt)}.`);
  showClients(status.clients.map(({ name }) => name));
}

/** @param {StatusDocument['history']} history */
function showHistory(history) {
  const total = sum(history.requests);
  const bad = sum(history.failed) + sum(history.cut);
  say(
    'requests-text',
    `Requests a minute: ${total} in all, ${bad} failed, ${sum(history.refused)} refused, ${sum(history.left)} given up by clients`,
  );
  requests(history.at, [
    { label: 'all', color: '--first', values: history.requests },
    {
      label: 'failed',
      color: '--third',
      values: history.failed.map((count, index) => count + (history.cut[index] ?? 0)),
    },
    { label: 'refused', color: '--fourth', values: history.refused },
  ]);
  const answered = sum(history.asked);
  const store =
    answered === 0
      ? ''
      : `, of which the store took ${inMs(sum(history.storeMs) / answered)} until it answered`;
  say(
    'time-text',
    `Time of a request: ${inMs(total === 0 ? 0 : sum(history.ms) / total)} on average${store}`,
  );
  time(history.at, [
    { label: 'half below', color: '--first', values: history.msOfHalf },
    { label: '95 % below', color: '--fourth', values: history.msOf95 },
    {
      label: 'store, average',
      color: '--second',
      values: history.storeMs.map((ms, index) => ms / (history.asked[index] || 1)),
    },
  ]);
  say(
    'bytes-text',
    `Bytes of bodies a minute: ${inBytes(sum(history.bytesIn))} written, ${inBytes(sum(history.bytesOut))} read in all`,
  );
  bytes(history.at, [
    { label: 'written', color: '--first', values: history.bytesIn },
    { label: 'read', color: '--second', values: history.bytesOut },
  ]);
}

/** @param {StatusDocument} status */
function showTables(status) {
  table('stores', 'Stores', 'There is no store.', status.stores, [
    ['Store', ({ name }) => name],
    ['State', ({ state }) => mark(state, state === 'down' ? 'failed' : state === 'up' ? 'ok' : undefined)],
    ['Last answer', ({ lastAnswer }) => when(lastAnswer)],
    [
      'Last failure',
      ({ lastFailure, cause }) => (lastFailure ? `${when(lastFailure)}: ${cause}` : 'none'),
      'long',
    ],
    [
      'Credentials',
      ({ credentialsRefused }) => (credentialsRefused ? mark('refused', 'failed') : 'not refused'),
    ],
    ['Connections', ({ open, idle, most }) => `${open} of ${most}, ${idle} idle`],
    ['Waiting', ({ waiting, mostWaiting }) => `${waiting} of ${mostWaiting}`],
  ]);
  table('failures', 'The last failures', 'Nothing has failed, and nobody was refused.', status.failures, [
    ['When', (one) => when(one.at)],
    ['How', ({ outcome }) => mark(outcome, outcome === 'refused' ? 'degraded' : 'failed')],
    ['Operation', ({ op }) => op ?? ''],
    ['Status', ({ status: number, code }) => `${number} ${code ?? ''}`],
    ['Client', ({ client, claimed }) => client ?? (claimed ? `unknown, claims to be ${claimed}` : 'unknown')],
    ['Object', ({ bucket, objectKey }) => (bucket ? `s3://${bucket}/${objectKey ?? ''}` : ''), 'long'],
    [
      'Cause, and what to do',
      ({ cause, whatToDo }) => [cause, whatToDo].flatMap((one) => (one ? asSentence(one) : [])).join(' '),
      'long',
    ],
    ['Request id', ({ id }) => id],
  ]);
  table('rules', 'Rules', 'There are no rules.', status.rules, [
    ['Rule', ({ name }) => name],
    ['Matches', ({ bucket, prefix }) => `s3://${bucket}/${prefix}`],
    ['Hits', ({ hits }) => hits],
    ['Written encrypted', ({ encrypts, writtenEncrypted }) => (encrypts ? writtenEncrypted : 'off')],
    ['Read with first key', ({ encrypts, readFirstKey }) => (encrypts ? readFirstKey : 'off')],
    ['With an older key', ({ encrypts, readOlderKey }) => (encrypts ? readOlderKey : 'off')],
    ['In plain', ({ readPlain, writtenPlain }) => `${readPlain} read, ${writtenPlain} written`],
    ['Own key', ({ ownKey }) => ownKey],
  ]);
  table('keys', 'SSE-C keys', 'There are no keys.', status.keys, [
    ['Key', ({ id }) => id],
    ['Source', ({ source }) => source ?? ''],
    [
      'State',
      ({ unavailable }) => (unavailable === undefined ? mark('ok', 'ok') : mark(unavailable, 'failed')),
      'long',
    ],
    ['In use here since', ({ since }) => when(since)],
    ['Uses', ({ uses }) => uses],
    ['Last use', ({ lastUse }) => when(lastUse)],
  ]);
  table('key-stores', 'Key stores', '', status.keyStores, [
    ['Key store', ({ name }) => name],
    ['State', ({ trouble }) => (trouble === undefined ? mark('ok', 'ok') : mark(trouble, 'failed')), 'long'],
    ['Gave all keys', ({ lastSuccess }) => when(lastSuccess)],
  ]);
  table('buckets', 'Distrusted buckets', 'No bucket is distrusted.', status.distrusted, [
    ['Bucket', ({ bucket }) => bucket],
    ['Refused', ({ doubted, operations }) => (doubted ? 'all encrypted writes' : operations.join(', '))],
    ['Not proven', ({ operations }) => operations.join(', ')],
  ]);
  table('clients', 'Clients', 'The config has no clients.', status.clients, [
    ['Access key id', ({ name }) => name],
    ['Requests', (one) => one.requests],
    ['Last request', ({ lastRequest }) => when(lastRequest)],
    [
      'Failed logins since',
      ({ refused, code }) => (refused === 0 ? 'none' : mark(`${refused}, ${code}`, 'degraded')),
    ],
    ['Last failed login', ({ lastRefused }) => when(lastRefused)],
  ]);
  table('limits', 'Limits', '', status.limits, [
    ['Limit', ({ name }) => `limits.${name}`],
    ['In use', ({ used, most }) => (used === undefined ? '' : `${used} of ${most}`)],
    ['Most', ({ most }) => most],
    ['Reached', ({ hits }) => (hits === 0 ? 'never' : mark(`${hits} times`, 'degraded'))],
    ['Last', ({ lastHit }) => when(lastHit)],
  ]);
  table('certificates', 'Certificates', 'No listener has TLS.', status.certificates, [
    ['Of', ({ of }) => of],
    ['Names', ({ names }) => names, 'long'],
    ['Ends', ({ to }) => when(to)],
  ]);
  table('reloads', 'Reloads', 'There was no reload since the start.', status.config.reloads, [
    ['When', (one) => when(one.at)],
    ['Result', ({ result }) => mark(result, result === 'success' ? 'ok' : 'failed')],
    ['Cause', ({ cause }) => cause ?? '', 'long'],
  ]);
}

/**
 * @typedef {string | number | HTMLElement} Cell
 */

/**
 * @template T
 * @param {string} id
 * @param {string} name for those who can't see where it stands
 * @param {string} none what is said where there is nothing
 * @param {readonly T[]} rows
 * @param {readonly (readonly [head: string, cell: (row: T) => Cell, kind?: 'long'])[]} columns
 */
function table(id, name, none, rows, columns) {
  const place = at(id);
  const text = JSON.stringify(rows);
  // What did not change is left alone, with what is selected in it.
  if (place.dataset.shown === text) return;
  place.dataset.shown = text;
  if (rows.length === 0) {
    place.replaceChildren(none === '' ? '' : make('p', none));
    return;
  }
  const head = make('tr');
  for (const [title, cell] of columns) {
    const className = rows[0] !== undefined && typeof cell(rows[0]) === 'number' ? 'number' : '';
    head.append(Object.assign(make('th', title), { scope: 'col', className }));
  }
  const body = make('tbody');
  for (const row of rows) {
    const line = make('tr');
    for (const [, cell, kind] of columns) {
      const value = cell(row);
      const td = make('td');
      td.append(typeof value === 'object' ? value : String(value));
      td.className = kind ?? (typeof value === 'number' ? 'number' : '');
      line.append(td);
    }
    body.append(line);
  }
  const whole = make('table');
  const top = make('thead');
  top.append(head);
  whole.append(Object.assign(make('caption', name), { className: 'hidden' }), top, body);
  const scroll = make('div');
  scroll.className = 'scroll';
  // Wider than a phone: the keyboard must be able to scroll it.
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', `${name}, table`);
  scroll.append(whole);
  place.replaceChildren(scroll);
}

/** @param {string} id @param {readonly string[]} texts */
function list(id, texts) {
  const place = at(id);
  const text = JSON.stringify(texts);
  if (place.dataset.shown === text) return;
  place.dataset.shown = text;
  place.replaceChildren(...texts.map((one) => make('li', one)));
}

/** @param {readonly string[]} names */
function showClients(names) {
  const select = at('explain-client');
  const text = JSON.stringify(names);
  if (!(select instanceof HTMLSelectElement) || select.dataset.shown === text) return;
  select.dataset.shown = text;
  const { value } = select;
  const options = ['', ...names].map((name) => Object.assign(make('option', name || 'any'), { value: name }));
  select.replaceChildren(...options);
  select.value = names.includes(value) ? value : '';
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [text]
 */
function make(name, text) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** @param {string} text @param {'ok' | 'degraded' | 'failed' | undefined} state */
function mark(text, state) {
  const element = make('strong', text);
  if (state !== undefined) element.className = `is-${state}`;
  return element;
}

/** @param {string | 0 | undefined} text a time */
function when(text) {
  return text
    ? new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
    : 'never';
}

/** @param {string} text */
function asSentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((all, one) => all + one, 0);
}

/** @param {number} ms */
function inMs(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}

/** @param {number} count */
function inBytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

let heard = new Date();

async function ask() {
  try {
    const answer = await fetch('/status', { signal: AbortSignal.timeout(MOST_MS) });
    if (!answer.ok) throw new Error(`/status is answered with ${answer.status}`);
    show(await answer.json());
    heard = new Date();
    say('stale', '');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    say(
      'stale',
      `The proxy has not answered this page since ${when(heard.toISOString())} (${cause}). What stands here is older.`,
    );
  }
}

/** @param {SubmitEvent} event */
async function explain(event) {
  event.preventDefault();
  const form = at('explain');
  if (!(form instanceof HTMLFormElement)) return;
  const asked = [...new FormData(form)].filter(([, value]) => value !== '');
  const query = new URLSearchParams(/** @type {[string, string][]} */ (asked));
  const place = at('explained');
  try {
    const answer = await fetch(`/explain?${query}`, { signal: AbortSignal.timeout(MOST_MS) });
    const { wrong, allowed, lines } = await answer.json();
    if (wrong !== undefined)
      place.replaceChildren(Object.assign(make('p', wrong), { className: 'is-failed' }));
    else {
      const verdict = make('p', allowed ? 'It is allowed' : 'It is refused');
      verdict.className = allowed ? 'is-ok' : 'is-failed';
      place.replaceChildren(verdict, make('pre', lines.join('\n')));
    }
  } catch {
    place.replaceChildren(make('p', 'The proxy did not answer. Try again.'));
  }
}

at('explain').addEventListener('submit', (event) => void explain(event));
await ask();
setInterval(() => void ask(), EVERY_MS);
