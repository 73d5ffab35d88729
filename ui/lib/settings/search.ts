/** One thing that can be found in a settings area. */
export interface SettingsItem {
  readonly label: string;
  /** The page it stands on, in words. */
  readonly section: string;
  /** The page, with `#id` of the field where there is one. */
  readonly href: string;
  /** Other words people may look for it with. */
  readonly words?: string;
}

/** Results shown at once. */
const SHOWN_MAX = 8;

const plain = (text: string) =>
  text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLocaleLowerCase();

/**
 * Items that hold every word of the query, best first: those whose label begins with it, then
 * those with all words in the label, then those found by section or by other words.
 */
export function findSettings(items: readonly SettingsItem[], query: string): SettingsItem[] {
  const wanted = plain(query).split(/\s+/).filter((word) => word !== "");
  if (wanted.length === 0) return [];
  const ranked = items.flatMap((item, at) => {
    const label = plain(item.label);
    const all = `${label} ${plain(item.section)} ${plain(item.words ?? "")}`;
    if (!wanted.every((word) => all.includes(word))) return [];
    const rank = label.startsWith(wanted.join(" "))
      ? 0
      : wanted.every((word) => label.includes(word))
      ? 1
      : 2;
    return [{ item, rank, at }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, SHOWN_MAX).map(({ item }) => item);
}
