import {
  holds,
  type Right,
  RIGHT_NAMES,
  type RightGroup,
  RIGHTS,
} from "../../core/permissions/bits.ts";
import { t } from "../lib/i18n/t.ts";

const GROUPS: readonly RightGroup[] = ["general", "members", "text", "voice", "management"];
const CHOICES = ["deny", "inherit", "allow"] as const;

/** Rights by group, empty groups left out. */
export function groupRights(
  keep: (right: Right) => boolean,
): { group: RightGroup; rights: Right[] }[] {
  return GROUPS.map((group) => ({
    group,
    rights: RIGHT_NAMES.filter((right) => RIGHTS[right].group === group && keep(right)),
  })).filter(({ rights }) => rights.length > 0);
}

/** The rights of a role, one box each; those the visitor lacks cannot be changed. */
export function RoleRights({ bits, own }: { bits: bigint; own: bigint }) {
  return (
    <>
      {groupRights(() => true).map(({ group, rights }) => (
        <fieldset key={group} class="rights">
          <legend class="label">{t(`rights.${group}`)}</legend>
          {rights.map((right) => (
            <label key={right} class="check">
              <input
                type="checkbox"
                id={`right-${right}`}
                name="right"
                value={right}
                checked={holds(bits, right)}
                disabled={!holds(own, right)}
              />
              <span>
                <span class="strong">{t(`right.${right}`)}</span>
                <span class="hint">{t(`rightHint.${right}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
    </>
  );
}

/**
 * One entry of a channel: each right denied, inherited or allowed. `now` is what comes out of it
 * for whom the entry is for.
 */
export function EntryRights(
  props: { allow: bigint; deny: bigint; own: bigint; now: bigint },
) {
  return (
    <>
      {groupRights((right) => RIGHTS[right].inChannel).map(({ group, rights }) => (
        <section key={group} class="stack-tight" aria-label={t(`rights.${group}`)}>
          <h3 class="label">{t(`rights.${group}`)}</h3>
          <div class="matrix">
            {rights.map((right) => <EntryRow key={right} right={right} {...props} />)}
          </div>
        </section>
      ))}
    </>
  );
}

function EntryRow(
  { right, allow, deny, own, now }: {
    right: Right;
    allow: bigint;
    deny: bigint;
    own: bigint;
    now: bigint;
  },
) {
  const value = holds(allow, right) ? "allow" : holds(deny, right) ? "deny" : "inherit";
  const name = t(`right.${right}`);
  const held = holds(now, right);
  return (
    <fieldset class="matrix-row" id={`right-${right}`} disabled={!holds(own, right)}>
      <legend class="sr">{name}</legend>
      <span class="right-name">
        <span class="strong block">{name}</span>
        <span class="hint">{t(`rightHint.${right}`)}</span>
      </span>
      <span class={held ? "now yes tiny" : "now no tiny"}>
        {held ? t("entry.nowYes") : t("entry.nowNo")}
      </span>
      <span class="segmented tri">
        {CHOICES.map((choice) => (
          <label key={choice} title={t(`entry.${choice}`)}>
            <input
              type="radio"
              name={`right-${right}`}
              value={choice}
              checked={value === choice}
              aria-label={`${name}: ${t(`entry.${choice}`)}`}
            />
            <span class={`tri-${choice}`} aria-hidden="true">
              {choice === "deny" ? "✕" : choice === "allow" ? "✓" : "–"}
            </span>
          </label>
        ))}
      </span>
    </fieldset>
  );
}
