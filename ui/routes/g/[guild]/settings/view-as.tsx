import type { Channel } from "../../../../../core/api/channel.ts";
import type { Guild } from "../../../../../core/api/guild.ts";
import { type Right, RIGHTS } from "../../../../../core/permissions/bits.ts";
import { Icon } from "../../../../components/Icon.tsx";
import { groupRights } from "../../../../components/RightsFields.tsx";
import { channelIcon } from "../../../../lib/format/channel_icon.ts";
import { handleOf, memberName } from "../../../../lib/format/names.ts";
import { can } from "../../../../lib/format/rights.ts";
import { topicText } from "../../../../lib/format/topic_text.ts";
import type { Context } from "../../../../lib/fresh/mod.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { settingsPath } from "../../../../lib/guild_links.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { splitSeen } from "../../../../lib/settings/view_as.ts";
import { define, type State } from "../../../../utils.ts";

async function load(ctx: Context<State>) {
  const guild = await readGuild(ctx, "viewAs.title");
  const params = guildParams(ctx);
  const get = (name: string) => ctx.url.searchParams.get(name)?.trim() ?? "";
  const user = get("user");
  if (user !== "") {
    const [member, seen] = await Promise.all([
      ctx.state.api.call("getMember", { params: { ...params, user_id: user } }),
      ctx.state.api.call("viewAs", { params, query: { user_id: user } }),
    ]);
    return { guild, seen, name: memberName(member), by: { user }, channel: get("channel") };
  }
  const role = get("role") || "everyone";
  const seen = await ctx.state.api.call("viewAs", { params, query: { role_id: role } });
  const named = guild.roles.find((entry) => entry.id === role)?.name ?? role;
  const name = role === "everyone" ? t("role.everyone") : named;
  return { guild, seen, name, by: { role }, channel: get("channel") };
}

export const handler = define.handlers(formPage(load, {}));

type By = { user: string } | { role: string };

const query = (by: By, channel?: string) =>
  `?${new URLSearchParams({ ...by, ...(channel === undefined ? {} : { channel }) })}`;

/** The guild as a role or a member has it: only to look at, nothing acts. */
export default define.page<typeof handler>(({ data }) => {
  const { guild, seen, name, by } = data;
  const split = splitSeen(guild, seen.channels);
  const chosen = guild.channels.find((each) => !each.private && each.id === data.channel);
  const bits = chosen
    ? seen.channels.find((each) => each.id === chosen.id)?.permissions ?? "0"
    : seen.permissions;
  return (
    <div class="view-as">
      <div class="view-bar" role="region" aria-label={t("viewAs.title")}>
        <Icon name="eye" />
        <p class="strong grow break">{t("viewAs.bar", { name })}</p>
        <a class="button small" href={`${settingsPath(guild)}/roles`}>{t("viewAs.stop")}</a>
      </div>
      <nav class="view-channels" aria-label={t("gs.channels")}>
        <a
          class={chosen ? "side-row" : "side-row here"}
          href={query(by)}
          aria-current={chosen ? undefined : "page"}
        >
          <Icon name="info" /> <span class="clip grow strong">{guild.name}</span>
        </a>
        {split.groups.map((group) => (
          <ChannelRows
            key={group.category?.id ?? ""}
            title={group.category?.name}
            channels={group.channels}
            by={by}
            here={chosen}
          />
        ))}
        {split.hidden.length > 0 && (
          <ChannelRows
            title={t("viewAs.hidden")}
            channels={split.hidden}
            by={by}
            here={chosen}
            hidden
          />
        )}
      </nav>
      <main id="main" class="view-main stack">
        <h1 class="break">{chosen?.name ?? guild.name}</h1>
        {chosen?.topic && <p class="muted break">{topicText(guild, chosen.topic)}</p>}
        {chosen && !can(bits, "VIEW_CHANNEL")
          ? <p>{t("viewAs.doesNotSee", { name })}</p>
          : <Rights guild={guild} bits={bits} by={by} {...(chosen ? { channel: chosen } : {})} />}
        <Other guild={guild} by={by} {...(chosen ? { channel: chosen.id } : {})} />
      </main>
    </div>
  );
});

function ChannelRows(props: {
  title: string | undefined;
  channels: readonly Channel[];
  by: By;
  here: Channel | undefined;
  hidden?: boolean;
}) {
  return (
    <>
      {props.title !== undefined && <p class="settings-group label">{props.title}</p>}
      <ul class="side-list">
        {props.channels.map((channel) => (
          <li key={channel.id}>
            <a
              class={channel === props.here ? "side-row here" : "side-row"}
              href={query(props.by, channel.id)}
              aria-current={channel === props.here ? "page" : undefined}
            >
              <Icon name={props.hidden ? "hidden" : channelIcon(channel)} />
              <span class={props.hidden ? "clip grow faint" : "clip grow"}>{channel.name}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Rights(
  { guild, bits, by, channel }: { guild: Guild; bits: string; by: By; channel?: Channel },
) {
  const counts = (right: Right) => channel === undefined || RIGHTS[right].inChannel;
  const why = (right: Right) =>
    "user" in by
      ? `${settingsPath(guild)}/why?${new URLSearchParams({
        user: by.user,
        right,
        channel: channel?.id ?? "",
      })}`
      : undefined;
  return (
    <div class="view-rights">
      {groupRights(counts).map(({ group, rights }) => (
        <section key={group}>
          <h2 class="label">{t(`rights.${group}`)}</h2>
          <ul>
            {rights.map((right) => {
              const held = can(bits, right);
              return (
                <li key={right} class={held ? "yes" : "no"}>
                  <Icon name={held ? "check" : "close"} small />
                  <span class="sr">{held ? t("entry.nowYes") : t("entry.nowNo")}:</span>
                  <span class="grow">{t(`right.${right}`)}</span>
                  {why(right) && (
                    <a class="small" href={why(right)}>
                      {t("viewAs.why")} <span class="sr">{t(`right.${right}`)}</span>
                    </a>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Looking as somebody else. */
function Other({ guild, by, channel }: { guild: Guild; by: By; channel?: string }) {
  return (
    <section class="row wrap form-line view-other" aria-label={t("viewAs.other")}>
      <form method="get" class="row form-line">
        {channel !== undefined && <input type="hidden" name="channel" value={channel} />}
        <div class="field">
          <label for="f-role">{t("viewAs.role")}</label>
          <select class="select" id="f-role" name="role">
            {guild.roles.map((role) => (
              <option
                key={role.id}
                value={role.id}
                selected={"role" in by && role.id === by.role}
              >
                {role.id === "everyone" ? t("role.everyone") : role.name}
              </option>
            ))}
          </select>
        </div>
        <button class="button" type="submit">{t("entry.show")}</button>
      </form>
      <form method="get" class="row form-line">
        {channel !== undefined && <input type="hidden" name="channel" value={channel} />}
        <div class="field">
          <label for="f-user">{t("viewAs.member")}</label>
          <input
            class="input"
            id="f-user"
            name="user"
            value={"user" in by ? handleOf(by.user) : ""}
            placeholder="@name@server"
            autocapitalize="none"
            spellcheck={false}
            required
          />
        </div>
        <button class="button" type="submit">{t("viewAs.showMember")}</button>
      </form>
    </section>
  );
}
