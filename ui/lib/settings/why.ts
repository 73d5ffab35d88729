import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { Right } from "../../../core/permissions/bits.ts";
import type { CallResult } from "../api/types.ts";
import { channelSlug } from "../format/paths.ts";
import { handleOf } from "../format/names.ts";
import { can } from "../format/rights.ts";
import { settingsPath } from "../guild_links.ts";
import { t } from "../i18n/t.ts";

type Step = CallResult<"explainPermission">["steps"][number];

/** What a role or member is called in an explanation. */
function nameOf(guild: Guild, id: string | null): string {
  if (id === null || id === "everyone") return t("role.everyone");
  const role = guild.roles.find((entry) => entry.id === id);
  return role?.name ?? (id.startsWith("@") ? handleOf(id) : t("role.unknown"));
}

/** One step of an explanation in words. */
export function stepText(guild: Guild, step: Step, right: Right): string {
  const values = { name: nameOf(guild, step.role_id), right: t(`right.${right}`) };
  const entry = { ...values, name: nameOf(guild, step.target) };
  switch (step.cause) {
    case "role":
      return t("why.role", values);
    case "administrator":
      return t("why.administrator", values);
    case "entry":
      return step.effect === "allow" ? t("why.entryAllows", entry) : t("why.entryDenies", entry);
    case "hidden":
      return step.target === null ? t("why.hidden") : t("why.hiddenBy", entry);
    case "not_granted":
      return t("why.not_granted", values);
    default:
      return t(`why.cause.${step.cause}`);
  }
}

/** Where what decided can be changed; undefined where the visitor cannot, or nobody can. */
export function changeLink(
  guild: Guild,
  step: Omit<Step, "effect">,
  asked: { right: Right; user: string; channel?: Channel },
): string | undefined {
  const base = settingsPath(guild);
  const user = encodeURIComponent(asked.user);
  if (step.cause === "timeout" || step.cause === "owner") return `${base}/members/${user}`;
  const right = step.cause === "hidden"
    ? "VIEW_CHANNEL"
    : step.cause === "administrator"
    ? "ADMINISTRATOR"
    : asked.right;
  if (step.target !== null && asked.channel) {
    if (!can(asked.channel.permissions, "MANAGE_ROLES")) return undefined;
    const slug = encodeURIComponent(channelSlug(asked.channel));
    const target = encodeURIComponent(step.target);
    return `${base}/channels/${slug}/permissions?target=${target}#right-${right}`;
  }
  if (!can(guild.permissions, "MANAGE_ROLES")) return undefined;
  if (step.role_id !== null) {
    return `${base}/roles/${encodeURIComponent(step.role_id)}#right-${right}`;
  }
  return step.cause === "not_granted" ? `${base}/members/${user}` : undefined;
}
