import { ActForm, Select } from "../../../../components/FormParts.tsx";
import { Drawing } from "../../../../components/Drawing.tsx";
import { Field } from "../../../../components/Field.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { handleOf } from "../../../../lib/format/names.ts";
import { formatFull, formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild, reasonIn } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { purgeIn, PURGES } from "../../../../lib/settings/purge.ts";
import { define } from "../../../../utils.ts";

/** Rows of one page. */
const SHOWN_MAX = 100;
const SEARCH_CHARS = 200;

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "gs.bans");
    const search = ctx.url.searchParams.get("search")?.trim() ?? "";
    const from = Math.trunc(Math.max(0, Number(ctx.url.searchParams.get("from")) || 0));
    const page = await ctx.state.api.call("listBans", {
      params: guildParams(ctx),
      query: { search: search.slice(0, SEARCH_CHARS), limit: SHOWN_MAX, offset: from },
    });
    return { guild, ...page, search, from };
  },
  {
    async ban(ctx, form) {
      await ctx.state.api.call("banMember", {
        params: { ...guildParams(ctx), user_id: text(form, "user_id").trim() },
        body: { ...reasonIn(form), ...purgeIn(form) },
      });
    },
    async lift(ctx, form) {
      await ctx.state.api.call("unbanMember", {
        params: { ...guildParams(ctx), user_id: text(form, "user_id") },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, bans, total, found, search, from } = data;
  return (
    <GuildSettings state={state} guild={guild} part="bans" heading={t("gs.bans")} note={data.note}>
      <BanByName />
      {total > 0 && (
        <form method="get" class="row form-line" role="search">
          <Field name="search" label={t("ban.search")} value={search} />
          <button class="button" type="submit">{t("gs.search")}</button>
        </form>
      )}
      {total === 0 && (
        <div class="empty">
          <Drawing name="seats" />
          <p>{t("gs.noBans")}</p>
        </div>
      )}
      {total > 0 && found === 0 && <p class="muted">{t("ban.noneFound")}</p>}
      <ul class="rows">
        {bans.map((ban) => (
          <li key={ban.user_id} class="row-card">
            <Icon name="ban" />
            <div class="grow">
              <p class="strong break">{handleOf(ban.user_id)}</p>
              <p class="small muted break" title={`${formatFull(ban.ts, "UTC")} UTC`}>
                {ban.reason ?? t("gs.noReason")} · {t("gs.inviteBy", { name: handleOf(ban.by) })} ·
                {" "}
                {formatRelative(ban.ts, state.nowMs)}
              </p>
            </div>
            <ActForm act="lift">
              <input type="hidden" name="user_id" value={ban.user_id} />
              <button class="button small" type="submit">{t("gs.lift")}</button>
            </ActForm>
          </li>
        ))}
      </ul>
      {found > from + SHOWN_MAX && (
        <a
          class="button"
          href={`?${new URLSearchParams({ search, from: String(from + SHOWN_MAX) })}`}
        >
          {t("gs.next")}
        </a>
      )}
    </GuildSettings>
  );
});

/** Also for those who are not here yet. */
function BanByName() {
  return (
    <details class="card">
      <summary class="strong">{t("ban.somebody")}</summary>
      <ActForm act="ban" class="stack more">
        <Field
          name="user_id"
          label={t("ban.who")}
          hint={t("ban.whoHint")}
          placeholder="@name@server"
          autocomplete="off"
          spellcheck={false}
          required
        />
        <Field name="reason" label={t("moderate.reason")} maxlength={512} />
        <Select
          name="purge"
          label={t("moderate.purge")}
          value="0"
          options={PURGES.map(([seconds, label]) => [String(seconds), t(label)] as const)}
        />
        <div>
          <button class="button danger solid" type="submit">{t("member.ban")}</button>
        </div>
      </ActForm>
    </details>
  );
}
