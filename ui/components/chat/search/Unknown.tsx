import type { ComponentChildren } from "preact";
import type { UnknownName } from "../../../../core/api/search.ts";
import { t } from "../../../lib/i18n/t.ts";

/** Which names of the question fit nobody and nothing here, and a way to what may be meant. */
export function Unknown(
  { names, offer }: {
    names: readonly UnknownName[];
    offer: (unknown: UnknownName, near: string) => ComponentChildren;
  },
) {
  return (
    <>
      {names.map((each) => (
        <div key={`${each.filter}:${each.name}`} class="search-note" role="status">
          <p class="field-error">
            {t(each.filter === "in" ? "search.unknown.channel" : "search.unknown.person", {
              name: each.name,
            })}
          </p>
          {each.near.length > 0 && (
            <p class="small row-tight wrap">
              <span>{t("search.unknown.near")}</span>
              {each.near.map((near) => offer(each, near))}
            </p>
          )}
        </div>
      ))}
    </>
  );
}
