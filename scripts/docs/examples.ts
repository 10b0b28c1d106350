import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** Proxy configs, by the names of their files; all other YAML is for Kubernetes or a client. */
const CONFIGS: ReadonlySet<string> = new Set(['config.yaml', 'moving.yaml']);

/** What a block says that it is, by the end of the file's name. */
const LANGUAGES: Readonly<Record<string, string>> = {
  '.yaml': 'yaml manifest',
  '.conf': 'ini',
  '.env': 'sh',
};

/**
 * A file as a block of its page: what readers copy is the file that the tests run.
 * @param path of the project, such as `deploy/examples/velero/config.yaml`
 * @throws Error for a file that is not there, or of a kind that pages do not show
 */
export function renderFile(root: string, path: string): string {
  const text = readFileSync(join(root, path), 'utf8').trimEnd();
  const language = CONFIGS.has(basename(path)) ? 'yaml config' : LANGUAGES[extname(path)];
  if (language === undefined) throw new Error(`no page shows files such as ${path}`);
  return `\`\`\`${language}\n${withoutSchema(text)}\n\`\`\``;
}

/** The line by which editors find the JSON Schema is of no use on a page. */
function withoutSchema(text: string): string {
  return text.replace(/^# yaml-language-server: .*\n#\n/, '');
}
