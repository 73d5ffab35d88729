import { page } from "fresh";
import { Avatar } from "../components/Avatar.tsx";
import { Drawing } from "../components/Drawing.tsx";
import { PlainPage } from "../components/PlainPage.tsx";
import type { CallResult } from "../lib/api/types.ts";
import { guildPath } from "../lib/format/paths.ts";
import { t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

type Data = CallResult<"discoverGuilds">;

export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("discover.title");
    if (!await ctx.state.self()) return ctx.redirect("/login?next=%2Fdiscover");
    const cursor = ctx.url.searchParams.get("cursor");
    return page(
      await ctx.state.api.call("discoverGuilds", { query: cursor === null ? {} : { cursor } }),
    );
  },
});

/** Guilds of this server that want to be found by everybody here. */
export default define.page<typeof handler>(({ data, state }) => (
  <PlainPage state={state} wide>
    <a href="/home">{t("goHome")}</a>
    <h1>{t("discover.title")}</h1>
    <p class="lead">{t("discover.lead", { server: state.server.name })}</p>
    {data.guilds.length === 0 && (
      <div class="empty">
        <Drawing name="table" />
        <h2>{t("discover.none")}</h2>
        <p>{t("discover.noneText")}</p>
      </div>
    )}
    <ul class="stack" aria-label={t("discover.title")}>
      {data.guilds.map((each) => <Listed key={each.guild.id} {...each} />)}
    </ul>
    {data.next !== null && (
      <a class="button" href={`/discover?cursor=${encodeURIComponent(data.next)}`}>
        {t("search.more")}
      </a>
    )}
  </PlainPage>
));

function Listed({ guild, code, joined }: Data["guilds"][number]) {
  return (
    <li class="card row listed-guild">
      <Avatar id={guild.id} name={guild.name} uri={guild.icon} size="l" guild />
      <div class="grow">
        <h2 class="break">{guild.name}</h2>
        {guild.description && <p class="small break">{guild.description}</p>}
        <p class="tiny muted">{t("members", { n: guild.member_count })}</p>
      </div>
      <a
        class={joined ? "button" : "button primary"}
        href={joined ? guildPath(guild.id) : `/invite/${code}`}
        aria-label={joined
          ? t("discover.openName", { name: guild.name })
          : t("discover.lookName", { name: guild.name })}
      >
        {joined ? t("discover.open") : t("discover.look")}
      </a>
    </li>
  );
}
