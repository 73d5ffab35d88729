import { type Right, RIGHT_NAMES, RIGHTS } from "../../../../../core/permissions/bits.ts";
import type { Guild, Member } from "../../../../../core/api/guild.ts";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { groupRights } from "../../../../components/RightsFields.tsx";
import type { CallResult } from "../../../../lib/api/types.ts";
import { readTimeZone } from "../../../../lib/time_zone.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { handleOf, memberName } from "../../../../lib/format/names.ts";
import { formatFull, formatRelative } from "../../../../lib/format/time.ts";
import type { Context } from "../../../../lib/fresh/mod.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { changeLink, stepText } from "../../../../lib/settings/why.ts";
import { define, type State } from "../../../../utils.ts";

/** Members offered by name; others are typed. */
const OFFERED_MAX = 200;

async function load(ctx: Context<State>) {
  const guild = await readGuild(ctx, "why.title");
  const get = (name: string) => ctx.url.searchParams.get(name) ?? "";
  const asked = {
    user: get("user").trim(),
    channel: get("channel"),
    right: RIGHT_NAMES.find((name) => name === get("right")) ?? "SEND",
  };
  const params = guildParams(ctx);
  const { members } = await ctx.state.api.call("listMembers", {
    params,
    query: { limit: OFFERED_MAX },
  });
  const base = { guild, asked, members, timeZone: readTimeZone(ctx.req) };
  if (asked.user === "" || !ctx.url.searchParams.has("right")) return { ...base, answer: null };
  const [member, found] = await Promise.all([
    ctx.state.api.call("getMember", { params: { ...params, user_id: asked.user } }),
    ctx.state.api.call("explainPermission", {
      params,
      query: {
        user_id: asked.user,
        right: asked.right,
        ...(asked.channel === "" ? {} : { channel_id: asked.channel }),
      },
    }),
  ]);
  return { ...base, answer: { member, found } };
}

export const handler = define.handlers(formPage(load, {}));

/** "Why can X do this?": the rule that decides, who made it and when, and where to change it. */
export default define.page<typeof handler>(({ data, state }) => (
  <GuildSettings
    state={state}
    guild={data.guild}
    part="why"
    heading={t("why.title")}
    lead="why.lead"
    note={data.note}
  >
    <Question guild={data.guild} asked={data.asked} members={data.members} />
    {data.answer && (
      <Answer
        guild={data.guild}
        asked={data.asked}
        {...data.answer}
        nowMs={state.nowMs}
        timeZone={data.timeZone}
      />
    )}
  </GuildSettings>
));

interface Asked {
  readonly user: string;
  readonly channel: string;
  readonly right: Right;
}

function Question(
  { guild, asked, members }: { guild: Guild; asked: Asked; members: readonly Member[] },
) {
  return (
    <form method="get" class="stack">
      <div class="row wrap form-line">
        <div class="field">
          <label for="f-user">{t("why.member")}</label>
          <input
            class="input"
            id="f-user"
            name="user"
            list="why-members"
            value={asked.user === "" ? "" : handleOf(asked.user)}
            placeholder="@name@server"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <datalist id="why-members">
            {members.map((member) => (
              <option key={member.user.id} value={handleOf(member.user.id)}>
                {memberName(member)}
              </option>
            ))}
          </datalist>
        </div>
        <div class="field">
          <label for="f-channel">{t("why.where")}</label>
          <select class="select" id="f-channel" name="channel">
            <option value="">{t("why.wholeGuild")}</option>
            {guild.channels.filter((channel) => !channel.private).map((channel) => (
              <option key={channel.id} value={channel.id} selected={channel.id === asked.channel}>
                {channel.name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <div class="field">
        <label for="f-right">{t("why.right")}</label>
        <select class="select" id="f-right" name="right">
          {groupRights(() => true).map(({ group, rights }) => (
            <optgroup key={group} label={t(`rights.${group}`)}>
              {rights.map((right) => (
                <option key={right} value={right} selected={right === asked.right}>
                  {t(`right.${right}`)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <div>
        <button class="button primary" type="submit">{t("why.ask")}</button>
      </div>
    </form>
  );
}

function Answer(
  { guild, asked, member, found, nowMs, timeZone }: {
    guild: Guild;
    asked: Asked;
    member: Member;
    found: CallResult<"explainPermission">;
    nowMs: number;
    timeZone: string;
  },
) {
  const channel = guild.channels.find((each) => each.id === asked.channel);
  const values = {
    name: memberName(member),
    right: t(`right.${asked.right}`),
    place: channel?.name ?? guild.name,
  };
  const change = changeLink(guild, found, {
    right: asked.right,
    user: member.user.id,
    ...(channel ? { channel } : {}),
  });
  return (
    <section class={`card stack answer ${found.allowed ? "yes" : "no"}`} aria-labelledby="answer">
      <h2 id="answer" class="row break">
        <Icon name={found.allowed ? "check" : "ban"} />
        <span>{found.allowed ? t("why.yes", values) : t("why.no", values)}</span>
      </h2>
      <p>{stepText(guild, { ...found, effect: found.allowed ? "allow" : "deny" }, asked.right)}</p>
      {found.set && (
        <p class="small muted">
          {t("why.set", {
            name: handleOf(found.set.by),
            when: formatFull(found.set.ts, timeZone),
            ago: formatRelative(found.set.ts, nowMs),
          })} <span class="mono tiny break">{found.set.event_id}</span>
        </p>
      )}
      {found.steps.length > 1 && (
        <details>
          <summary>{t("why.steps")}</summary>
          <ol class="why-steps">
            {found.steps.map((step, at) => (
              <li key={at} class={step.effect}>{stepText(guild, step, asked.right)}</li>
            ))}
          </ol>
        </details>
      )}
      {!RIGHTS[asked.right].inChannel && channel && (
        <p class="small muted">{t("why.notInChannel")}</p>
      )}
      {change && (
        <div>
          <a class="button" href={change}>{t("why.change")}</a>
        </div>
      )}
    </section>
  );
}
