import {
  holds,
  type Right,
  RIGHT_NAMES,
  type RightGroup,
  RIGHTS,
} from "../../core/permissions/bits.ts";
import { type Key, t } from "../lib/i18n/t.ts";

const GROUPS: readonly RightGroup[] = ["general", "members", "text", "voice", "management"];

/** MANAGE_ROLES -> "Manage roles". */
export function rightLabel(right: Right): string {
  const words = right.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The rights of a role, one box each; those the visitor lacks cannot be changed. */
export function RoleRights({ bits, own }: { bits: bigint; own: bigint }) {
  return (
    <>
      {GROUPS.map((group) => (
        <fieldset key={group} class="rights">
          <legend class="label">{t(`rights.${group}` as Key)}</legend>
          {RIGHT_NAMES.filter((right) => RIGHTS[right].group === group).map((right) => (
            <label key={right} class="check">
              <input
                type="checkbox"
                name="right"
                value={right}
                checked={holds(bits, right)}
                disabled={!holds(own, right)}
              />
              <span>
                <span class="strong">{rightLabel(right)}</span>
                <span class="hint">{RIGHTS[right].description}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
    </>
  );
}

/** One entry of a channel: each right denied, inherited or allowed. */
export function EntryRights({ allow, deny, own }: { allow: bigint; deny: bigint; own: bigint }) {
  return (
    <div class="matrix">
      {RIGHT_NAMES.filter((right) => RIGHTS[right].inChannel).map((right) => {
        const value = holds(allow, right) ? "allow" : holds(deny, right) ? "deny" : "inherit";
        return (
          <fieldset key={right} class="matrix-row" disabled={!holds(own, right)}>
            <legend class="sr">{rightLabel(right)}</legend>
            <span class="grow">
              <span class="strong block">{rightLabel(right)}</span>
              <span class="hint">{RIGHTS[right].description}</span>
            </span>
            <span class="segmented tri">
              {(["deny", "inherit", "allow"] as const).map((choice) => (
                <label key={choice} title={t(`entry.${choice}`)}>
                  <input
                    type="radio"
                    name={`right-${right}`}
                    value={choice}
                    checked={value === choice}
                    aria-label={`${rightLabel(right)}: ${t(`entry.${choice}`)}`}
                  />
                  <span class={`tri-${choice}`} aria-hidden="true">
                    {choice === "deny" ? "✕" : choice === "allow" ? "✓" : "–"}
                  </span>
                </label>
              ))}
            </span>
          </fieldset>
        );
      })}
    </div>
  );
}
