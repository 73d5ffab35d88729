/**
 * Small lists of names that a browser keeps in cookies, so that the server draws the page as it
 * was left: folded categories, hints that were put away.
 */
const LISTS = { closed: "og_closed", hints: "og_hints" } as const;
/** Names in one list; the oldest go first. A cookie of this size travels with each request. */
const NAMES_MAX = 40;

export type KeptList = keyof typeof LISTS;
export type Kept = Readonly<Record<KeptList, readonly string[]>>;

const isName = (text: string) => /^[\w-]{1,64}$/.test(text);

function readList(cookie: string, list: KeptList): string[] {
  const match = new RegExp(`(?:^|;\\s*)${LISTS[list]}=([\\w.-]*)`).exec(cookie);
  return (match?.[1] ?? "").split(".").filter(isName).slice(-NAMES_MAX);
}

/** All lists of a `Cookie` header, or of `document.cookie`. */
export function readKept(cookie: string): Kept {
  return { closed: readList(cookie, "closed"), hints: readList(cookie, "hints") };
}

/** The list with a name added or taken out. */
export function changeList(held: readonly string[], name: string, on: boolean): string[] {
  const others = held.filter((each) => each !== name);
  return on && isName(name) ? [...others, name].slice(-NAMES_MAX) : others;
}

/** A year; it holds no secret. */
export function keptCookie(list: KeptList, names: readonly string[]): string {
  return `${LISTS[list]}=${names.join(".")}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
