/** [character, shortcode, group, words, has skin tones, other shortcodes] as `dev.ts` wrote them. */
export type EmojiRow = readonly [string, string, number, string, (0 | 1)?, string?];

let loading: Promise<readonly EmojiRow[]> | undefined;

/** The emoji of this build, loaded once per tab. */
export function loadEmoji(url: string): Promise<readonly EmojiRow[]> {
  loading ??= fetch(url).then((response) => {
    if (!response.ok) throw new Error(`Emoji could not be loaded: ${response.status}`);
    return response.json() as Promise<EmojiRow[]>;
  }).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Rows whose shortcode or words begin with what was typed, the shortest shortcode first. */
export function searchEmoji(rows: readonly EmojiRow[], typed: string, count: number): EmojiRow[] {
  const query = typed.toLowerCase();
  const found: [number, EmojiRow][] = [];
  for (const row of rows) {
    const [, code, , words, , others = ""] = row;
    const rank = code.startsWith(query)
      ? code.length
      : code.includes(query)
      ? 100 + code.length
      : (` ${words} ${others}`).includes(` ${query}`)
      ? 200
      : -1;
    if (rank >= 0) found.push([rank, row]);
  }
  return found.sort((a, b) => a[0] - b[0]).slice(0, count).map(([, row]) => row);
}
