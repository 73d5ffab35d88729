import type { Guild } from "../../core/api/guild.ts";
import { handleOf } from "../lib/format/names.ts";
import { can } from "../lib/format/rights.ts";
import { t } from "../lib/i18n/t.ts";
import type { HardAct } from "../lib/settings/bulk.ts";
import { BanEnd, PurgeChoice } from "./BanEnd.tsx";
import { Field } from "./Field.tsx";
import { ActForm, Select } from "./FormParts.tsx";

/** What can be done with the members chosen above it, in the same form. */
export function BulkActs({ guild }: { guild: Guild }) {
  const may = (right: Parameters<typeof can>[1]) => can(guild.permissions, right);
  const roles = may("MANAGE_ROLES")
    ? guild.roles.filter((role) => role.id !== "everyone" && role.position < guild.rank)
    : [];
  const hard = [
    may("MODERATE_MEMBERS") && (["timeout", t("member.timeout")] as const),
    may("KICK") && (["kick", t("member.kick")] as const),
    may("BAN") && (["ban", t("member.ban")] as const),
  ].filter((entry) => entry !== false);
  if (roles.length + hard.length === 0) return null;
  return (
    <div class="row wrap form-line bulk">
      <input type="hidden" name="act" value="bulk" />
      <div class="field">
        <label for="f-what">{t("bulk.what")}</label>
        <select class="select" id="f-what" name="what">
          {roles.length > 0 && (
            <>
              <optgroup label={t("bulk.give")}>
                {roles.map((role) => (
                  <option key={role.id} value={`give:${role.id}`}>+ {role.name}</option>
                ))}
              </optgroup>
              <optgroup label={t("bulk.take")}>
                {roles.map((role) => (
                  <option key={role.id} value={`take:${role.id}`}>− {role.name}</option>
                ))}
              </optgroup>
            </>
          )}
          {hard.map(([value, label]) => <option key={value} value={value}>{label} …</option>)}
        </select>
      </div>
      <button class="button" type="submit">{t("bulk.do")}</button>
    </div>
  );
}

/** The question before several people are timed out, kicked or banned. */
export function BulkConfirm(
  { what, users, ...times }: {
    what: HardAct;
    users: readonly string[];
    nowMs: number;
    timeZone: string;
  },
) {
  return (
    <ActForm act="bulkSure" class="card danger-card stack">
      <h2>{t(`bulk.sure.${what}`, { n: users.length })}</h2>
      <input type="hidden" name="what" value={what} />
      <ul class="bullets">
        {users.map((id) => (
          <li key={id} class="break">
            {handleOf(id)}
            <input type="hidden" name="user" value={id} />
          </li>
        ))}
      </ul>
      {what === "timeout" && (
        <Select
          name="minutes"
          label={t("moderate.howLong")}
          value="10"
          options={[
            ["1", t("moderate.minute")],
            ["10", t("moderate.tenMinutes")],
            ["60", t("moderate.hour")],
            ["1440", t("moderate.day")],
            ["10080", t("moderate.week")],
          ]}
        />
      )}
      {what === "ban" && <BanEnd {...times} />}
      {what === "ban" && <PurgeChoice />}
      <Field name="reason" label={t("moderate.reason")} maxlength={512} />
      <div class="row wrap">
        <button class="button danger solid" type="submit">{t(`member.${what}`)}</button>
        <a class="button quiet" href="?">{t("cancel")}</a>
      </div>
    </ActForm>
  );
}
