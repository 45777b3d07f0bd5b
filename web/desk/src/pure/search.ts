/** Finding commands, replies and colleagues by a few letters: every word must begin or stand somewhere. */

export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** A score to sort by, or undefined where a word is not found; beginnings of words count more. */
export function score(query: string, text: string): number | undefined {
  const folded = fold(text);
  let sum = 0;
  for (const word of fold(query).split(/\s+/).filter(Boolean)) {
    const at = folded.indexOf(word);
    if (at < 0) return undefined;
    const begins = at === 0 || !/[\p{L}\p{N}]/u.test(folded[at - 1] ?? "");
    sum += (begins ? 2 : 1) + (at === 0 ? 1 : 0);
  }
  return sum;
}

/** The items that match, best first; all of them, in their order, where nothing is asked. */
export function filtered<Item>(items: readonly Item[], query: string, text: (item: Item) => string): Item[] {
  if (!query.trim()) return [...items];
  return items
    .map((item, index) => ({ item, index, found: score(query, text(item)) }))
    .filter((entry): entry is typeof entry & { found: number } => entry.found !== undefined)
    .sort((a, b) => b.found - a.found || a.index - b.index)
    .map((entry) => entry.item);
}
