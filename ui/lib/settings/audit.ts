import type { AuditEntry } from "../../../core/api/guilds.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { parseBits, type Right } from "../../../core/permissions/bits.ts";
import { handleOf } from "../format/names.ts";
import { formatFull } from "../format/time.ts";
import { t } from "../i18n/t.ts";
import { type Choice, diffBits, diffEntries } from "./rights_diff.ts";

/** Everything the log knows to tell; the server may know more one day. */
export const AUDIT_ACTIONS = [
  "guild.create",
  "guild.update",
  "guild.welcome",
  "guild.owner",
  "guild.owner_rival",
  "guild.join_rules",
  "guild.history_visibility",
  "guild.servers",
  "emoji.create",
  "emoji.rename",
  "emoji.delete",
  "role.create",
  "role.update",
  "roles.update",
  "channel.create",
  "channel.update",
  "channel.permissions",
  "channel.delete",
  "member.join",
  "member.leave",
  "member.invite",
  "member.roles",
  "member.profile",
  "member.timeout",
  "member.stay",
  "member.ended",
  "member.kick",
  "member.ban",
  "member.unban",
  "member.purge",
  "message.delete",
  "voice.mute",
  "voice.deafen",
  "voice.stop_showing",
  "voice.move",
  "voice.disconnect",
  "webhook.create",
  "webhook.update",
  "webhook.renew",
  "webhook.delete",
] as const;

/** One thing that became another. */
export interface AuditLine {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

export type NameOf = (id: string) => string;

/** What an id is called today: a person, a role or a channel; unknown ids stay as they are. */
export function namer(
  guild: Guild,
  people: readonly { readonly id: string; readonly display_name: string | null }[],
): NameOf {
  const names = new Map<string, string>([["everyone", t("role.everyone")]]);
  for (const user of people) names.set(user.id, user.display_name ?? handleOf(user.id));
  for (const role of guild.roles) if (role.id !== "everyone") names.set(role.id, `@${role.name}`);
  for (const channel of guild.channels) names.set(channel.id, `#${channel.name}`);
  return (id) => names.get(id) ?? (id.startsWith("@") ? handleOf(id) : id);
}

/** What was done, in a sentence after the name of who did it. */
export function auditSentence(entry: AuditEntry, nameOf: NameOf): string {
  const known = AUDIT_ACTIONS.find((action) => action === entry.action);
  const target = entry.target === null ? "" : nameOf(entry.target);
  return known === undefined
    ? t("audit.other", { action: entry.action, target })
    : t(`audit.do.${known}`, { target });
}

/** Actions with more to tell than their sentence. */
const TOLD: ReadonlySet<string> = new Set([
  "guild.update",
  "guild.owner",
  "guild.join_rules",
  "guild.history_visibility",
  "guild.servers",
  "emoji.rename",
  "role.create",
  "role.update",
  "roles.update",
  "channel.create",
  "channel.update",
  "channel.permissions",
  "member.roles",
  "member.profile",
  "member.timeout",
  "member.stay",
  "member.ban",
  "voice.mute",
  "voice.deafen",
  "voice.move",
  "webhook.update",
]);
/** Fields that say what the sentence has said already. */
const SAID: ReadonlySet<string> = new Set(["kind", "closed", "signature", "former"]);

/** For whom it is told. */
export interface AuditReader {
  readonly nameOf: NameOf;
  readonly timeZone: string;
}

/** What became what, line by line. */
export function auditLines(entry: AuditEntry, reader: AuditReader): AuditLine[] {
  const { nameOf } = reader;
  if (!TOLD.has(entry.action)) return [];
  return entry.changes.flatMap(({ field, before, after }): AuditLine[] => {
    if (SAID.has(field) || (entry.action === "member.ban" && field !== "until")) return [];
    if (entry.action === "roles.update") return roleLines(field, { before, after }, nameOf);
    if (field === "entries") return entryLines({ before, after }, nameOf);
    // Without a name of its own an emoji is called as it was first.
    const value = (each: unknown) =>
      entry.action === "emoji.rename"
        ? String(each ?? entry.target)
        : valueText(field, each, reader);
    return [{ label: fieldName(field), before: value(before), after: value(after) }];
  });
}

interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function bitLines(who: string, { before, after }: Change): AuditLine[] {
  const { given, taken } = diffBits(parseBits(before) ?? 0n, parseBits(after) ?? 0n);
  const line = (right: Right, had: boolean) => ({
    label: `${who} · ${t(`right.${right}`)}`,
    before: had ? t("audit.yes") : t("audit.no"),
    after: had ? t("audit.no") : t("audit.yes"),
  });
  return [...given.map((right) => line(right, false)), ...taken.map((right) => line(right, true))];
}

/** The roles table, role by role: made, deleted, moved, given and deprived of rights. */
function roleLines(field: string, { before, after }: Change, nameOf: NameOf): AuditLine[] {
  if (field === "everyone") {
    return before === null ? [] : bitLines(t("role.everyone"), { before, after });
  }
  const was = isRecord(before) ? before : {};
  const is = isRecord(after) ? after : {};
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((id): AuditLine[] => {
    const [old, now] = [was[id], is[id]];
    if (!isRecord(old)) {
      return [{ label: nameOf(id), before: "–", after: t("audit.made") }];
    }
    if (!isRecord(now)) {
      return [{ label: t("role.unknown"), before: nameOf(id), after: t("audit.gone") }];
    }
    const moved = old["position"] === now["position"] ? [] : [{
      label: `${nameOf(id)} · ${t("audit.field.position")}`,
      before: String(old["position"]),
      after: String(now["position"]),
    }];
    return [...moved, ...bitLines(nameOf(id), { before: old["bits"], after: now["bits"] })];
  });
}

/** Entries of a channel, right by right. */
function entryLines({ before, after }: Change, nameOf: NameOf): AuditLine[] {
  const was = entriesOf(before);
  const is = entriesOf(after);
  const none = { allow: 0n, deny: 0n };
  const said = (choice: Choice) => t(`entry.${choice}`);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((target) =>
    diffEntries(was.get(target) ?? none, is.get(target) ?? none).map((change) => ({
      label: `${nameOf(target)} · ${t(`right.${change.right}`)}`,
      before: said(change.from),
      after: said(change.to),
    }))
  );
}

function entriesOf(value: unknown): Map<string, { allow: bigint; deny: bigint }> {
  const list = Array.isArray(value) ? value.filter(isRecord) : [];
  return new Map(list.map((entry) => [
    String(entry["target"]),
    { allow: parseBits(entry["allow"]) ?? 0n, deny: parseBits(entry["deny"]) ?? 0n },
  ]));
}

const FIELDS = [
  "name",
  "topic",
  "description",
  "icon",
  "avatar",
  "nickname",
  "color",
  "hoist",
  "mentionable",
  "order",
  "position",
  "parent",
  "slow_mode_s",
  "archived",
  "age_restricted",
  "user_limit",
  "bitrate",
  "muted",
  "deafened",
  "channel",
  "roles",
  "until",
  "user",
  "rule",
  "visibility",
  "allow",
  "deny",
] as const;

function fieldName(field: string): string {
  const known = FIELDS.find((name) => name === field);
  return known === undefined ? field : t(`audit.field.${known}`);
}

function valueText(field: string, value: unknown, reader: AuditReader): string {
  if (value === null || value === undefined || value === "" || value === 0) return "–";
  if (field === "until" && typeof value === "number") return formatFull(value, reader.timeZone);
  if (typeof value === "boolean") return value ? t("audit.yes") : t("audit.no");
  if (typeof value === "string") return reader.nameOf(value);
  if (Array.isArray(value)) {
    return value.map((each) => valueText(field, each, reader)).join(", ") || "–";
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
