import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { t } from "../i18n/t.ts";
import { can } from "./rights.ts";
import { formatNear } from "./time.ts";

/**
 * Why one cannot write in a channel, or in its threads, as people read it; null where one can.
 * Times are milliseconds.
 */
export function writeBlock(
  guild: Pick<Guild, "checking" | "me">,
  channel: Pick<Channel, "archived" | "permissions">,
  { right, nowMs, timeZone }: {
    readonly right: "SEND" | "SEND_IN_THREADS";
    readonly nowMs: number;
    readonly timeZone: string;
  },
): string | null {
  if (guild.checking !== null) return t("composer.checking");
  if (channel.archived) return t("composer.archived");
  const untilMs = guild.me.timeout_until ?? 0;
  if (untilMs > nowMs) {
    return t("composer.timeout", { when: formatNear(untilMs, nowMs, timeZone) });
  }
  return can(channel.permissions, right) ? null : t("composer.noRight");
}
