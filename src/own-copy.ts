/** The same text in memory of its own: a part of a longer text keeps all of that in memory, for as long as it is kept. */
export function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
