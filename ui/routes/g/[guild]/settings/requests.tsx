import { Avatar } from "../../../../components/Avatar.tsx";
import { Drawing } from "../../../../components/Drawing.tsx";
import { ActForm, Check } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import type { CallResult } from "../../../../lib/api/types.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { flag, text } from "../../../../lib/forms.ts";
import { handleOf, nameOf } from "../../../../lib/format/names.ts";
import { askPath } from "../../../../lib/format/paths.ts";
import { can } from "../../../../lib/format/rights.ts";
import { formatRelative } from "../../../../lib/format/time.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define } from "../../../../utils.ts";

type Knock = CallResult<"listKnocks">["knocks"][number];

export const handler = define.handlers(formPage(
  async (ctx) => {
    const guild = await readGuild(ctx, "knock.title");
    const { knocks } = await ctx.state.api.call("listKnocks", { params: guildParams(ctx) });
    return { guild, knocks };
  },
  {
    async allow(ctx, form) {
      const body = { knock: flag(form, "knock") };
      await ctx.state.api.call("updateGuild", { params: guildParams(ctx), body });
    },
    async accept(ctx, form) {
      const { guild_id: room_id } = guildParams(ctx);
      const body = { room_id, user_id: text(form, "user_id") };
      await ctx.state.api.call("inviteUser", { body });
    },
    async decline(ctx, form) {
      await ctx.state.api.call("kickMember", {
        params: { ...guildParams(ctx), user_id: text(form, "user_id") },
        body: {},
      });
    },
  },
));

/** Who asks to be let in, and whether asking is allowed. */
export default define.page<typeof handler>(({ data, state, url }) => {
  const { guild, knocks } = data;
  const address = `${url.origin}${askPath(guild.id)}`;
  const path = `${askPath(guild.id)}?server=${state.server.name}`;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="requests"
      heading={t("knock.title")}
      lead="knock.lead"
      note={data.note}
    >
      {knocks.length === 0 && (
        <div class="empty">
          <Drawing name="seats" />
          <p>{t("knock.none")}</p>
        </div>
      )}
      <ul class="rows">
        {knocks.map((knock) => (
          <Row
            key={knock.user.id}
            knock={knock}
            nowMs={state.nowMs}
            mayDecline={can(guild.permissions, "KICK")}
          />
        ))}
      </ul>
      {can(guild.permissions, "MANAGE_GUILD") && (
        <ActForm act="allow">
          <Check
            name="knock"
            label={t("knock.allow")}
            hint={t("knock.allowHint")}
            checked={guild.knock}
          />
          <div>
            <button class="button primary" type="submit">{t("save")}</button>
          </div>
        </ActForm>
      )}
      {guild.knock && (
        <div class="field">
          <label for="ask-address">{t("knock.address")}</label>
          <input id="ask-address" class="input" value={address} readOnly />
          <p class="hint break">{t("knock.addressHint", { path })}</p>
        </div>
      )}
    </GuildSettings>
  );
});

function Row(
  { knock, nowMs, mayDecline }: { knock: Knock; nowMs: number; mayDecline: boolean },
) {
  const { user } = knock;
  const name = nameOf(user);
  return (
    <li class="row-card">
      <Avatar id={user.id} name={name} uri={user.avatar} size="m" />
      <div class="grow">
        <p class="strong break">{name}</p>
        <p class="small muted break">
          {handleOf(user.id)} · {t("knock.since", { when: formatRelative(knock.ts, nowMs) })}
        </p>
      </div>
      <ActForm act="accept" class="">
        <input type="hidden" name="user_id" value={user.id} />
        <button
          class="button small primary"
          type="submit"
          aria-label={t("knock.acceptOf", { name })}
        >
          {t("knock.accept")}
        </button>
      </ActForm>
      {mayDecline && (
        <ActForm act="decline" class="">
          <input type="hidden" name="user_id" value={user.id} />
          <button class="button small" type="submit" aria-label={t("knock.declineOf", { name })}>
            {t("knock.decline")}
          </button>
        </ActForm>
      )}
    </li>
  );
}
