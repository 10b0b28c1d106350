import { formatProblem, type Path, type Report } from '../../config/problem.ts';
import { unwrap } from '../../config/salvage.ts';
import { nearest } from '../../config/suggest.ts';
import { readYaml } from '../../config/yaml.ts';
import * as z from '../../config/zod.ts';
import { ACCOUNT_FOLDER, CONFIG_FOLDER, PROFILE_FILE } from '../names.ts';
import { isOfTheImage, isWithin } from './folders.ts';
import { isMore } from './resources.ts';
import { type Settings, SettingsSchema } from './schema.ts';

/** Reads `inject.yaml`: the settings, or all that is wrong with them, each with its place. */
export function readSettings(
  text: string,
): { readonly settings: Settings } | { readonly problems: readonly string[] } {
  const { value, report } = readYaml(text);
  const parsed = value === undefined ? undefined : SettingsSchema.safeParse(value);
  for (const issue of parsed?.error?.issues ?? []) reportIssue(issue, report);
  if (parsed?.success) {
    checkMounts(parsed.data, report);
    checkResources(parsed.data, report);
  }
  const problems = report.problems().map((problem) => formatProblem(problem, PROFILE_FILE));
  if (parsed?.success && problems.length === 0) return { settings: parsed.data };
  return { problems: problems.length > 0 ? problems : [`${PROFILE_FILE} is empty`] };
}

function reportIssue(issue: z.core.$ZodIssue, report: Report): void {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code !== 'unrecognized_keys') {
    report.error(
      path,
      issue.message.startsWith('Invalid input') ? 'is missing, or of the wrong type' : issue.message,
    );
    return;
  }
  const known = fieldsAt(path);
  for (const name of issue.keys.slice(0, MOST_UNKNOWN)) {
    const near = nearest(name, known);
    const fix = near === undefined ? `use one of ${known.join(', ')}` : `did you mean "${near}"?`;
    report.errorAtKey([...path, name], 'unknown field', fix);
  }
}

/** Of a section; no more of them are told anyway. */
const MOST_UNKNOWN = 20;

/** The fields of a section. */
function fieldsAt(path: Path): readonly string[] {
  let schema: z.core.$ZodType | undefined = SettingsSchema;
  for (const step of path) {
    const inner: z.core.$ZodType | undefined = schema && unwrap(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(step)] as z.core.$ZodType | undefined;
    else schema = inner instanceof z.ZodArray ? inner.element : undefined;
  }
  const section = schema && unwrap(schema);
  return section instanceof z.ZodObject ? Object.keys(section.shape) : [];
}

/** A mount over another one would hide it, and over a folder of the image stop the program. */
function checkMounts({ secrets }: Settings, report: Report): void {
  const taken: string[] = [CONFIG_FOLDER, ACCOUNT_FOLDER];
  for (const [index, { path }] of secrets.entries()) {
    const other = taken.find((mount) => isWithin(path, mount) || isWithin(mount, path));
    const at: Path = ['secrets', index, 'path'];
    if (other !== undefined)
      report.error(at, `overlaps with ${other}`, 'give each Secret a folder of its own');
    if (isOfTheImage(path))
      report.error(
        at,
        `/${path.split('/')[1]} belongs to the image`,
        'use a folder such as /keys or /secrets/upstream',
      );
    taken.push(path);
  }
}

/** API servers refuse the first in words that don't name the profile, and the kernel ends what has too little memory. */
function checkResources({ resources: { requests = {}, limits = {} } = {} }: Settings, report: Report): void {
  for (const name of Object.keys(requests) as (keyof typeof requests)[]) {
    const [request, limit] = [requests[name], limits[name]];
    if (request !== undefined && limit !== undefined && isMore(request, limit))
      report.error(['resources', 'requests', name], `is more than the limit ${limit}`, 'request less');
  }
  if (limits.memory !== undefined && isMore(LEAST_MEMORY, limits.memory))
    report.error(
      ['resources', 'limits', 'memory'],
      'is too little: the proxy takes 72 MiB when it has nothing to do',
      `write ${LEAST_MEMORY} at least`,
    );
}

const LEAST_MEMORY = '96Mi';
