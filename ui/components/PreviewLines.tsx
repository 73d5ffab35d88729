import type { CallResult } from "../lib/api/types.ts";
import { localPart } from "../lib/format/names.ts";
import { t } from "../lib/i18n/t.ts";
import type { ChoiceChange } from "../lib/settings/rights_diff.ts";
import type { Right } from "../../core/permissions/bits.ts";

export type PreviewOf = CallResult<"previewPermissions">;

/** A difference of rights before it is saved: what the entry will say, and whom it touches. */
export function PreviewLines(props: {
  who: string;
  channel?: string;
  changes: readonly ChoiceChange[];
  preview: PreviewOf | undefined;
}) {
  const { preview } = props;
  return (
    <>
      <h3>{t("diff.title")}</h3>
      <ul class="diff-list">
        {props.changes.map((change) => (
          <li key={change.right} class={change.to}>{sentence(props, change)}</li>
        ))}
      </ul>
      <p class="small muted" role="status">
        {preview === undefined
          ? t("diff.counting")
          : preview.members === 0
          ? t("diff.nobody")
          : t("diff.members", { n: preview.members })}
      </p>
      {preview !== undefined && preview.changes.length > 0 && (
        <ul class="small diff-people">
          {preview.changes.map(({ right, lose, gain }) => (
            <li key={right}>
              <span class="strong">{t(`right.${right as Right}`)}</span>
              {lose.count > 0 && (
                <span class="lose">{t("diff.lose", { n: lose.count, some: named(lose) })}</span>
              )}
              {gain.count > 0 && (
                <span class="gain">{t("diff.gain", { n: gain.count, some: named(gain) })}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A few names; with more people than names, an ellipsis at the end. */
function named({ count, some }: { count: number; some: readonly string[] }): string {
  return some.map(localPart).join(", ") + (count > some.length ? " …" : "");
}

function sentence(props: { who: string; channel?: string }, { right, from, to }: ChoiceChange) {
  const values = { who: props.who, right: t(`right.${right}`), channel: props.channel ?? "" };
  if (props.channel === undefined) {
    return to === "allow" ? t("diff.roleGiven", values) : t("diff.roleTaken", values);
  }
  if (to === "allow") return t("diff.allow", values);
  if (to === "deny") return t("diff.deny", values);
  return from === "allow" ? t("diff.noAllow", values) : t("diff.noDeny", values);
}
