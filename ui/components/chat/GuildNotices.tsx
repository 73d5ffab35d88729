import type { AwayServer } from "../../../core/api/delivery.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { handleOf } from "../../lib/format/names.ts";
import { guildPath } from "../../lib/format/paths.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** Servers named in the banner; the rest is a number. */
const NAMED = 2;

/** Whose people may not see what is said now: quiet, because nothing is lost. */
export function AwayNotice({ away }: { away: readonly AwayServer[] }) {
  const state = useChat();
  if (away.length === 0) return null;
  const people = away.reduce((sum, server) => sum + server.members, 0);
  const named = away.slice(0, NAMED).map((server) => server.server).join(", ");
  const more = away.length - NAMED;
  const since = Math.min(...away.map((server) => server.since_ts));
  return (
    <details class="guild-notice" role="status">
      <summary>
        <Icon name="warning" small />
        <span class="grow">
          {t("away.line", {
            n: people,
            servers: more > 0 ? t("away.more", { named, more }) : named,
          })}
        </span>
      </summary>
      <p>{t("away.text", { when: formatRelative(since, state.now.value) })}</p>
    </details>
  );
}

/** A guild that was just joined, while its history of decisions is being verified. */
export function CheckingNotice(
  { checking }: { checking: { readonly done: number; readonly total: number } | null },
) {
  if (checking === null) return null;
  const { done, total } = checking;
  return (
    <div class="guild-notice" role="status">
      <div class="row">
        <Icon name="shield" small />
        <span class="grow" id="checking-label">{t("checking.line")}</span>
        <span class="tiny faint">{t("checking.count", { done, total })}</span>
      </div>
      <progress aria-labelledby="checking-label" max={Math.max(1, total)} value={done} />
      <p>{t("checking.text")}</p>
    </div>
  );
}

/** A guild that goes on in a new room, as long as the viewer is not there yet. */
export function MovedNotice({ successor }: { successor: string | null }) {
  const state = useChat();
  if (successor === null) return null;
  const isThere = state.guilds.value.some((guild) => guild.id === successor);
  return (
    <div class="guild-notice" role="status">
      <div class="row">
        <Icon name="turn" small />
        <span class="grow">{t("move.line")}</span>
        {isThere && <a class="button small primary" href={guildPath(successor)}>{t("move.open")}
        </a>}
      </div>
      {!isThere && <p>{t("move.wait")}</p>}
    </div>
  );
}

/** Somebody tries to take the guild back: for those who look after it. */
export function RivalNotice({ guild }: { guild: Guild }) {
  const [last] = guild.owner_rivals;
  if (last === undefined) return null;
  return (
    <details class="guild-notice" role="alert">
      <summary>
        <Icon name="warning" small />
        <span class="grow">
          {t("rival.line", { by: handleOf(last.by), to: handleOf(last.to) })}
        </span>
      </summary>
      <p>
        {t("rival.text")} <a href={`${guildPath(guild.id)}/settings/audit`}>{t("rival.audit")}</a>
      </p>
    </details>
  );
}
