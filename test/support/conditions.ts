import { faultOf } from '../../src/s3/query-values.ts';

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

/** The same, where a name that means something by itself stays without a value. */
export function shortParameterFor(condition: string): string {
  const [name = '', value] = condition.split('=');
  if (value !== undefined && value !== '*') return condition;
  return value === undefined && faultOf({ name, value: '' }) === undefined ? name : parameterFor(name);
}
