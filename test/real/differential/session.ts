import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { RunningStore } from '../../matrix/store.ts';
import type { Ask, Case } from './ask.ts';
import { BODY, FIXTURES } from './cases/fixtures.ts';
import { elementOf, type Outcome, outcomeOf, untried } from './outcome.ts';
import { type Answer, type Place, send } from './send.ts';
import { strictly } from './sign.ts';

/** Asks one store. */
export interface Session {
  prepare(): Promise<void>;
  run(one: Case): Promise<Outcome>;
  close(): void;
}

type Values = Record<string, string>;

const MAIN = 'differential';

/** What a case needs can't be made at this store. */
class NotThere extends Error {
  /** Of the store's answer, where there was one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

export async function openSession(store: RunningStore): Promise<Session> {
  const agent = new Agent({ ca: await readFile(store.caFile, 'utf8'), keepAlive: true, maxSockets: 1 });
  const by = { ...store.credentials, region: store.region };
  const secure: Place = { endpoint: new URL(store.endpoint), agent, by };
  const plain = store.plainEndpoint && { endpoint: new URL(store.plainEndpoint), agent: undefined, by };
  const ask = async (template: Ask, values: Values): Promise<Answer> => {
    const filled = fill(template, values);
    const place = filled.scheme === 'http' ? plain : secure;
    if (!place) throw new NotThere('no endpoint over HTTP');
    return await send(filled, pathOf(filled, values), place, new Date());
  };
  const must = async (template: Ask, values: Values): Promise<void> => {
    const answer = await ask(template, values);
    const { status, body } = answer;
    if (status >= 300 || status === 0)
      throw new NotThere(
        `${template.method} was answered ${status} ${elementOf(body.toString(), 'Code')}`,
        status,
      );
    learn(answer, values);
  };
  return {
    prepare: async () => {
      const values = { bucket: MAIN, key: '' };
      // A store without versions, or without tags: its cases will say so.
      for (const fixture of FIXTURES) await unless(501, must(fixture, values));
      // Over HTTP it may be the same store.
      if (plain) await unless(409, must({ method: 'PUT', at: 'bucket', scheme: 'http' }, values));
    },
    run: async ({ name, before = [], ask: template, bucket = MAIN, shows = [], leaves }) => {
      const values: Values = { bucket, key: name.replace(/[^A-Za-z0-9]+/g, '-') };
      try {
        for (const each of before) await must(each, values);
        const answer = await ask(template, values);
        const looks = leaves ?? writesObject(template);
        const left = looks ? await leftAt(template, (look) => ask(look, values)) : '';
        const body = Buffer.from(template.method === 'PUT' ? (template.body ?? BODY) : BODY);
        return outcomeOf(answer, { body, left, shows });
      } catch (error) {
        if (error instanceof NotThere) return untried(error.message);
        throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

async function unless(status: number, done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!(error instanceof NotThere) || error.status !== status) throw error;
  }
}

function writesObject({ method, at, query }: Ask): boolean {
  return method === 'PUT' && at !== 'bucket' && at !== 'service' && query === undefined;
}

/** Whether it is there is asked of the list: a refusal may be about the object key. */
async function leftAt({ at, scheme }: Ask, ask: (look: Ask) => Promise<Answer>): Promise<string> {
  const { status } = await ask({ method: 'GET', ...(at && { at }), ...(scheme && { scheme }) });
  if (status === 404) return 'nothing';
  if (status < 300) return 'plain';
  const prefix = at !== undefined && typeof at === 'object' && 'objectKey' in at ? at.objectKey : '{key}';
  const query = { prefix, 'max-keys': '1' };
  const listed = await ask({ method: 'GET', at: 'bucket', query, ...(scheme && { scheme }) });
  return listed.body.includes('<Contents>') ? 'sealed' : 'nothing';
}

function learn({ headers, body }: Answer, values: Values): void {
  const text = body.toString('utf8');
  const learnt = {
    UploadId: elementOf(text, 'UploadId'),
    ETag: String(headers['etag'] ?? elementOf(text, 'ETag')),
    VersionId: String(headers['x-amz-version-id'] ?? ''),
  };
  for (const [name, value] of Object.entries(learnt)) if (value !== '') values[name] = value;
  if (learnt.ETag === '' || learnt.ETag === 'undefined') return;
  const count = Object.keys(values).filter((name) => /^ETag\d/.test(name)).length;
  values[`ETag${count + 1}`] = learnt.ETag;
}

function fill(ask: Ask, values: Values): Ask {
  const into = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
  const pairs = (of: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, into(value)]));
  const headers = Object.entries(ask.headers ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? into(value) : value,
  ]);
  return {
    ...ask,
    query: pairs(ask.query ?? {}),
    headers: Object.fromEntries(headers) as Record<string, string>,
    ...(typeof ask.body === 'string' ? { body: into(ask.body) } : {}),
  };
}

function pathOf({ at, bucket }: Ask, values: Values): string {
  if (at === 'service') return '/';
  const name = `/${bucket ?? values['bucket'] ?? ''}`;
  if (at === 'bucket') return name;
  if (at !== undefined && 'rawPath' in at) return `${name}/${at.rawPath}`;
  return `${name}/${strictly(Buffer.from(at?.objectKey ?? values['key'] ?? ''), true)}`;
}
