import type { Ban } from "../../../../../core/api/guilds.ts";
import { BanEnd, PurgeChoice } from "../../../../components/BanEnd.tsx";
import { ActForm } from "../../../../components/FormParts.tsx";
import { Drawing } from "../../../../components/Drawing.tsx";
import { Field } from "../../../../components/Field.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import type { Context } from "../../../../lib/fresh/mod.ts";
import { readTimeZone } from "../../../../lib/time_zone.ts";
import { text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { handleOf } from "../../../../lib/format/names.ts";
import { formatFull, formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild, reasonIn } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { banEndIn, purgeIn } from "../../../../lib/settings/ban_form.ts";
import { define, type State } from "../../../../utils.ts";

/** Rows of one page. */
const SHOWN_MAX = 100;
const SEARCH_CHARS = 200;

/** The ban that the address asks to change. */
async function findChanged(ctx: Context<State>): Promise<Ban | undefined> {
  const asked = ctx.url.searchParams.get("change");
  if (asked === null) return undefined;
  const { bans } = await ctx.state.api.call("listBans", {
    params: guildParams(ctx),
    query: { search: asked.slice(0, SEARCH_CHARS), limit: SHOWN_MAX },
  });
  return bans.find((ban) => ban.user_id === asked);
}

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "gs.bans");
    const search = ctx.url.searchParams.get("search")?.trim() ?? "";
    const from = Math.trunc(Math.max(0, Number(ctx.url.searchParams.get("from")) || 0));
    const page = await ctx.state.api.call("listBans", {
      params: guildParams(ctx),
      query: { search: search.slice(0, SEARCH_CHARS), limit: SHOWN_MAX, offset: from },
    });
    const changed = await findChanged(ctx);
    return { guild, ...page, search, from, changed, timeZone: readTimeZone(ctx.req) };
  },
  {
    async ban(ctx, form) {
      await ctx.state.api.call("banMember", {
        params: { ...guildParams(ctx), user_id: text(form, "user_id").trim() },
        body: {
          ...reasonIn(form),
          ...purgeIn(form),
          ...banEndIn(form, { nowMs: ctx.state.nowMs, timeZone: readTimeZone(ctx.req) }),
        },
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
  const times = { nowMs: state.nowMs, timeZone: data.timeZone };
  return (
    <GuildSettings state={state} guild={guild} part="bans" heading={t("gs.bans")} note={data.note}>
      {data.changed
        ? <ChangeBan ban={data.changed} {...times} />
        : <BanByName refused={data.note.refused} {...times} />}
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
        {bans.map((ban) => <BanRow key={ban.user_id} ban={ban} {...times} />)}
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

interface Times {
  readonly nowMs: number;
  readonly timeZone: string;
}

/** Also for those who are not here yet. */
function BanByName({ refused, ...times }: Times & { refused: FormData | null }) {
  return (
    <details class="card" open={refused?.get("act") === "ban"}>
      <summary class="strong">{t("ban.somebody")}</summary>
      <ActForm act="ban" class="stack more" refused={refused}>
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
        <BanEnd {...times} />
        <PurgeChoice />
        <div>
          <button class="button danger solid" type="submit">{t("member.ban")}</button>
        </div>
      </ActForm>
    </details>
  );
}

/** Another end or reason for a ban that is in force. */
function ChangeBan({ ban, ...times }: Times & { ban: Ban }) {
  return (
    <section class="card">
      <ActForm act="ban" class="stack">
        <h2 class="break">{t("ban.changeOf", { name: handleOf(ban.user_id) })}</h2>
        <input type="hidden" name="user_id" value={ban.user_id} />
        <Field
          name="reason"
          label={t("moderate.reason")}
          value={ban.reason ?? ""}
          maxlength={512}
        />
        <BanEnd until={ban.until_ts} {...times} />
        <PurgeChoice />
        <div class="row wrap">
          <button class="button primary" type="submit">{t("ban.changeAct")}</button>
          <a class="button quiet" href="?">{t("cancel")}</a>
        </div>
      </ActForm>
    </section>
  );
}

function BanRow({ ban, ...times }: Times & { ban: Ban }) {
  const name = handleOf(ban.user_id);
  return (
    <li class="row-card">
      <Icon name="ban" />
      <div class="grow">
        <p class="strong break">{name}</p>
        <p class="small break">
          {ban.until_ts === null
            ? t("ban.forGood")
            : t("ban.until", { when: formatFull(ban.until_ts, times.timeZone) })}
        </p>
        <p class="small muted break" title={formatFull(ban.ts, times.timeZone)}>
          {ban.reason ?? t("gs.noReason")} · {t("gs.inviteBy", { name: handleOf(ban.by) })} ·{" "}
          {formatRelative(ban.ts, times.nowMs)}
        </p>
      </div>
      <div class="row-tight wrap end">
        <a
          class="button small"
          href={`?${new URLSearchParams({ change: ban.user_id })}`}
          aria-label={t("ban.changeOf", { name })}
        >
          {t("ban.change")}
        </a>
        <ActForm act="lift">
          <input type="hidden" name="user_id" value={ban.user_id} />
          <button class="button small" type="submit">{t("gs.lift")}</button>
        </ActForm>
      </div>
    </li>
  );
}
