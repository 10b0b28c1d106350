/**
 * `process.exit` in a file would end the files that follow too, whatever its code. Here it throws, so that it is a failure
 * of that file. @returns what gives `process.exit` back
 */
export function refuseExit(file: string): () => void {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new Error(`${file} calls process.exit(${code ?? ''})`);
  };
  return () => {
    process.exit = exit;
  };
}
