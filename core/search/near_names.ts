/** How many letters have to be changed, added or taken away to make one text of another. */
export function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      current.push(Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + change,
      ));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}

/** Names offered in place of one that nobody goes by. */
export const NEAR_NAMES_MAX = 3;
/** Names compared with one that was typed: of more, the first. */
const COMPARED_MAX = 5_000;
/** Longer ones are nobody's slip of the finger. */
const TYPED_CHARS_MAX = 64;

/** Of `known` those nearest to a mistyped name, at most `max`: a third of it may be wrong. */
export function nearNames(typed: string, known: readonly string[], max: number): string[] {
  const wanted = typed.toLowerCase();
  if (wanted.length > TYPED_CHARS_MAX) return [];
  const far = Math.max(1, Math.ceil(wanted.length / 3));
  return [...new Set(known)].slice(0, COMPARED_MAX)
    .filter((name) => Math.abs(name.length - wanted.length) <= far)
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= far)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, max)
    .map(({ name }) => name);
}
