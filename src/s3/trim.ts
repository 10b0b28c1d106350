/** The text without the letters at its ends that are among `letters`. Each is looked at once, where `/[ ]+$/` goes back. */
export function trimmed(text: string, letters = ' \t'): string {
  let from = 0;
  while (from < text.length && letters.includes(text[from] as string)) from += 1;
  return withoutEnd(text, letters).slice(from);
}

/** The same at its end alone. */
export function withoutEnd(text: string, letters: string): string {
  let to = text.length;
  while (to > 0 && letters.includes(text[to - 1] as string)) to -= 1;
  return text.slice(0, to);
}
