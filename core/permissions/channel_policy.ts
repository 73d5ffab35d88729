import type { JsonObject } from "../event/json.ts";
import { type ChannelId, parseChannelId } from "../ids/channel_id.ts";
import { EVERYONE, parseRoleId, type RoleId } from "../ids/role_id.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { parseBits } from "./bits.ts";
import { isObject } from "./is_object.ts";

export interface PolicyEntry {
  readonly target: typeof EVERYONE | RoleId | UserId;
  readonly allow: bigint;
  readonly deny: bigint;
}

/** `m.channel.policy`, parsed: it is the channel. PROTOCOL.md 4. */
export interface ChannelPolicy {
  readonly kind: string;
  readonly parent: ChannelId | undefined;
  readonly closed: boolean;
  readonly entries: ReadonlyMap<string, PolicyEntry>;
}

/** The policy of the one channel of a room that has no policy event for it. */
export const OPEN_MAIN: ChannelPolicy = {
  kind: "text",
  parent: undefined,
  closed: false,
  entries: new Map(),
};

/** Kinds of channel in which people can write; a voice channel has its chat. */
const TEXT_KINDS: ReadonlySet<string> = new Set(["text", "voice"]);

export function hasText(policy: ChannelPolicy): boolean {
  return TEXT_KINDS.has(policy.kind);
}

/** The policy, or undefined where the content has another shape. Entries are sorted, one per target. */
export function parseChannelPolicy(content: JsonObject): ChannelPolicy | undefined {
  const { kind, parent, closed, entries: listed } = content;
  if (typeof kind !== "string" || typeof closed !== "boolean" || !Array.isArray(listed)) {
    return undefined;
  }
  if (kind.length < 1 || kind.length > 32) return undefined;
  const category = typeof parent === "string" ? parseChannelId(parent) : undefined;
  if (parent !== undefined && category === undefined) return undefined;
  if (listed.length > limits.authority.maxEntries) return undefined;
  const entries = new Map<string, PolicyEntry>();
  let last = "";
  for (const item of listed) {
    const entry = parseEntry(item);
    if (entry === undefined || entry.target <= last) return undefined;
    entries.set(entry.target, entry);
    last = entry.target;
  }
  return { kind, parent: category, closed, entries };
}

function parseEntry(item: JsonObject[string]): PolicyEntry | undefined {
  if (!isObject(item)) return undefined;
  const allow = parseBits(item["allow"]);
  const deny = parseBits(item["deny"]);
  const target = item["target"];
  if (allow === undefined || deny === undefined || typeof target !== "string") return undefined;
  const parsed = target === EVERYONE ? EVERYONE : parseRoleId(target) ?? parseUserId(target);
  return parsed === undefined ? undefined : { target: parsed, allow, deny };
}
