import { type ReadFile, readFailure } from '../../files.ts';
import { certificateOf, type Pair } from './pair.ts';

/** Paths. */
export interface MountedCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that somebody else renews, such as cert-manager. @throws Error that says what is wrong with the files */
export async function lookAtMounted(files: MountedCertificate, readFile: ReadFile): Promise<Pair> {
  // One after the other: without either it is always the certificate that the error names.
  const pair = { cert: await readText(files.cert, readFile), key: await readText(files.key, readFile) };
  if (certificateOf(pair)) return pair;
  throw new Error(`${files.cert} and ${files.key} are not a PEM certificate and its private key`);
}

async function readText(file: string, readFile: ReadFile): Promise<string> {
  try {
    return Buffer.from((await readFile(file)).bytes).toString('utf8');
  } catch (error) {
    throw new Error(`${file} can't be read: ${readFailure(error)}`, { cause: error });
  }
}
