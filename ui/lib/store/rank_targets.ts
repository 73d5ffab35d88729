import uFuzzy from "@leeoniya/ufuzzy";

export type TargetKind = "channel" | "person" | "guild" | "page";

/** What the quick switcher ranks. */
export interface Ranked {
  readonly kind: TargetKind;
  readonly text: string;
  readonly detail: string;
  readonly unread: number;
  readonly mentions: number;
  /** 0: visited last; Infinity: not lately. */
  readonly recency: number;
}

/** A first character that asks for one kind only. */
const KINDS: Readonly<Record<string, TargetKind>> = { "#": "channel", "@": "person", "*": "guild" };
/** Hits of the fuzzy search that are put in order; the rest of a huge list is not shown anyway. */
const ORDERED_MAX = 1000;

/** Letters of every script; one slip of the finger is forgiven. */
const fuzzy = new uFuzzy({
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: "\\p{Ll}\\p{Lu}",
  intraBound: "\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}",
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
  intraMode: 1,
});

const plain = (text: string) => uFuzzy.latinize(text).toLowerCase();

/** Mentions before other news, news before what was visited lately, that before the rest. */
function byCall(a: Ranked, b: Ranked): number {
  return Number(b.mentions > 0) - Number(a.mentions > 0) ||
    Number(b.unread > 0) - Number(a.unread > 0) ||
    (a.recency === b.recency ? 0 : a.recency - b.recency);
}

/**
 * How well the name itself fits, 0 the best; the fuzzy order decides among equals. `named`: the
 * name alone is a hit. Whoever types a guild's name means the guild, then what is in it, and its
 * pages of settings last of all.
 */
function fit(target: Ranked, wanted: string, named: boolean): number {
  if (!named) return target.kind === "page" ? 6 : 5;
  const name = plain(target.text);
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.split(/[^\p{L}\d]+/u).some((word) => word.startsWith(wanted))) return 2;
  return name.includes(wanted) ? 3 : 4;
}

/**
 * The targets that a query means, the likeliest first. Without letters: what calls, what is new,
 * what was visited last, then everything in its order.
 */
export function rankTargets<Target extends Ranked>(
  targets: readonly Target[],
  query: string,
): Target[] {
  const typed = query.trim();
  const kind = KINDS[typed[0] ?? ""];
  const pool = kind === undefined ? targets : targets.filter((target) => target.kind === kind);
  const wanted = plain(kind === undefined ? typed : typed.slice(1)).trim();
  if (wanted === "") return [...pool].sort(byCall);
  const words = pool.map((target) => plain(`${target.text} ${target.detail}`));
  const [indexes, info, order] = fuzzy.search(words, wanted, 1, ORDERED_MAX);
  const found = order && info ? order.map((at) => info.idx[at]) : indexes ?? [];
  const [byName] = fuzzy.search(pool.map(({ text }) => plain(text)), wanted, 1, ORDERED_MAX);
  const named = new Set(byName);
  return found.flatMap((index) => {
    const target = index === undefined ? undefined : pool[index];
    return target ? [{ target, fit: fit(target, wanted, named.has(index ?? -1)) }] : [];
  })
    .map((hit, at) => ({ ...hit, at }))
    .sort((a, b) => a.fit - b.fit || byCall(a.target, b.target) || a.at - b.at)
    .map(({ target }) => target);
}
