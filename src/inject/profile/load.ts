import { isRecord } from '../../json.ts';
import { type ApiAnswer, ApiUnreachable, type AskApi, pathOf } from '../api/cluster-api.ts';
import { CONFIG_FILE, configMapOf, LABEL, PROFILE_FILE } from '../names.ts';
import { Refusal } from '../refusal.ts';
import { type Listening, readListening } from './listening.ts';
import { hasUnknownWorkers, type Resources, resourcesOf } from './resources.ts';
import type { Settings } from './schema.ts';
import { readSettings } from './settings.ts';

/** How a proxy is put beside the containers of a pod. */
export interface Profile extends Omit<Settings, 'resources'> {
  readonly name: string;
  readonly configMap: string;
  readonly listening: Listening;
  readonly resources: Resources;
}

interface Asked {
  readonly name: string;
  readonly namespace: string;
}

export interface Surroundings {
  readonly ask: AskApi;
  readonly now: Date;
  /** The image of the sidecar, which a profile may name too. */
  readonly image: string;
  /** Others that it may name. */
  readonly images: readonly string[];
}

/** The profile of a namespace, read again for each pod, so that a change counts at once. @throws Refusal */
export async function loadProfile(
  asked: Asked,
  { ask, now, image: own, images }: Surroundings,
): Promise<Profile> {
  const { name } = asked;
  if (!NAME.test(name))
    throw new Refusal(400, `${LABEL}: ${JSON.stringify(name)} can't be the name of a profile; ${NO_SWITCH}`);
  const configMap = configMapOf(name);
  const where = `ConfigMap ${configMap} of the namespace ${asked.namespace}`;
  const { data, entries } = await readConfigMap(asked, { configMap, where, ask });
  const settings = readSettings(textOf(data, PROFILE_FILE, where));
  const secrets = 'settings' in settings ? settings.settings.secrets.map(({ path }) => path) : undefined;
  const brought = secrets && { secrets, entries };
  const listening = readListening(textOf(data, CONFIG_FILE, where), now, brought);
  const problems = [settings, listening].flatMap((read) => ('problems' in read ? read.problems : []));
  if ('problems' in settings || 'problems' in listening)
    throw new Refusal(400, `${where}: ${listed(problems)}`);
  const { image, endpoint, resources } = settings.settings;
  if (image !== undefined && image !== own && !images.includes(image))
    throw new Refusal(
      403,
      `${where}: the injector does not allow the image ${image}; remove image, or allow it there`,
    );
  if (endpoint && listening.listening.endpoint === undefined)
    throw new Refusal(400, `${where}: endpoint needs a listener on loopback without TLS; ${LISTEN}`);
  if (hasUnknownWorkers(listening.config, resources))
    throw new Refusal(400, `${where}: workers: auto ${WORKERS}`);
  return {
    ...settings.settings,
    name,
    configMap,
    listening: listening.listening,
    resources: resourcesOf(resources, listening.config),
  };
}

/** A label's value may have more; the name of a ConfigMap may not. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;

const NO_SWITCH = 'write one, or remove the label if the pod is to have no proxy';

/** With the labels of other injectors a pod says yes or no. */
const SWITCHES: ReadonlySet<string> = new Set(
  'true false yes no on off enabled disabled enable disable'.split(' '),
);

const LISTEN = `write listen: [{ address: "127.0.0.1:8080", auth: none }] in ${CONFIG_FILE}, with an address and not localhost`;

const WORKERS = `is one for each core that the sidecar may use; write resources: { limits: { cpu: "1" } } in ${PROFILE_FILE}, or a number of workers`;

/** Enough to begin with: the message stands in an event. */
const MOST_PROBLEMS = 5;

function listed(problems: readonly string[]): string {
  const more = problems.length - MOST_PROBLEMS;
  return [...problems.slice(0, MOST_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

interface ConfigMap {
  readonly data: Readonly<Record<string, unknown>>;
  /** Their names, also of binary ones. */
  readonly entries: ReadonlySet<string>;
}

type Where = Record<'configMap' | 'where', string> & { readonly ask: AskApi };

async function readConfigMap(
  { name, namespace }: Asked,
  { configMap, where, ask }: Where,
): Promise<ConfigMap> {
  const path = pathOf('api', 'v1', 'namespaces', namespace, 'configmaps', configMap);
  const { status, body } = await answered(ask, path, where);
  const said = ANSWERS[status];
  if (said && SWITCHES.has(name))
    throw new Refusal(
      said.code,
      `the value of the label ${LABEL} is the name of a profile, and ${name} is none; ${NO_SWITCH}`,
    );
  if (said) throw new Refusal(said.code, said.message(where, name));
  if (status !== 200 || !isRecord(body))
    throw new Refusal(503, `${where} can't be read: the API server answers ${status}`);
  const [data, binary] = [body.data, body.binaryData].map((one) => (isRecord(one) ? one : {}));
  return { data: data ?? {}, entries: new Set(Object.keys({ ...data, ...binary })) };
}

async function answered(ask: AskApi, path: string, where: string): Promise<ApiAnswer> {
  try {
    return await ask({ method: 'GET', path });
  } catch (error) {
    if (error instanceof ApiUnreachable) throw new Refusal(503, `${where} can't be read: ${error.message}`);
    throw error;
  }
}

interface Answer {
  readonly code: 400 | 403;
  readonly message: (where: string, profile: string) => string;
}

const ANSWERS: Readonly<Record<number, Answer>> = {
  403: {
    code: 403,
    message: (where, profile) =>
      `the injector may not read the ${where}; add ${profile} to injector.profiles of the chart`,
  },
  404: {
    code: 400,
    message: (where, profile) =>
      `the pod asks for a proxy by the label ${LABEL}: ${profile}, and there is no ${where}; make it, or remove the label`,
  },
};

/** Who may make a pod and a ConfigMap chooses these texts: what it costs to read them is bounded by their size. */
const MOST_CHARACTERS: Readonly<Record<string, number>> = {
  [PROFILE_FILE]: 16 * 1024,
  [CONFIG_FILE]: 64 * 1024,
};

function textOf(data: Readonly<Record<string, unknown>>, key: string, where: string): string {
  const text = Object.hasOwn(data, key) ? data[key] : undefined;
  if (typeof text !== 'string') throw new Refusal(400, `${where} has no ${key}, so it is not a profile`);
  const most = MOST_CHARACTERS[key] ?? 0;
  if (text.length > most) throw new Refusal(400, `${where}: ${key} has more than ${most} characters`);
  return text;
}
