import type { UnknownName } from "../../../core/api/search.ts";
import { searchTerms } from "../../../core/search/query.ts";

/** The question with another name in the filters that hold an unknown one. */
export function withName(
  text: string,
  { filter, name }: Pick<UnknownName, "filter" | "name">,
  instead: string,
): string {
  const value = /\s/.test(instead) ? `"${instead}"` : instead;
  let written = "";
  let from = 0;
  for (const { kind, value: held, start, end } of searchTerms(text)) {
    if (kind !== filter || held !== name) continue;
    written += `${text.slice(from, start)}${filter}:${value}`;
    from = end;
  }
  return written + text.slice(from);
}
