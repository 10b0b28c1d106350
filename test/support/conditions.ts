/** Values of query names that mean nothing with just any. */
const VALUES: Readonly<Record<string, string>> = {
  customdomain: 'files.example.test',
  position: '0',
  'x-image-process': 'image%2Finfo',
};

/** A parameter that meets a condition of a row: `name=value`. */
export function parameterFor(condition: string): string {
  const [name = '', value = '1'] = condition.split('=');
  return `${name}=${VALUES[name] ?? value}`;
}
