import { type ChannelId, MAIN_CHANNEL, parseChannelId } from "../ids/channel_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { type ChannelPolicy, parseChannelPolicy } from "../permissions/channel_policy.ts";
import { holds } from "../permissions/bits.ts";
import type { JudgedControl } from "./judged.ts";
import { requireBase, requireBits } from "./require.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

const RULE = "channel_policy";

/**
 * `m.channel.policy`. New: MANAGE_CHANNELS in the room. Else, in the channel: MANAGE_CHANNELS
 * for kind, parent and closed, MANAGE_ROLES for entries. Every bit that changes in an entry is
 * one the sender has there. Of a new or closed channel the room's rights count. PROTOCOL.md 4.
 */
export function judgeChannelPolicy(event: JudgedControl, authority: Authority): Verdict {
  const channelId = parseChannelId(event.state_key ?? "");
  if (channelId === undefined || (channelId === MAIN_CHANNEL) === isGuild(authority)) {
    return refuse(RULE, `${event.state_key} is no channel of this kind of room`);
  }
  const after = parseChannelPolicy(event.content);
  if (after === undefined) return refuse(RULE, "is not a channel policy");
  const before = storedPolicy(channelId, authority);
  if (before === undefined) {
    const right = requireBase(event, authority, { rule: RULE, right: "MANAGE_CHANNELS" });
    if (!right.ok) return right;
    const base = authority.base(event.sender, event.origin_ts);
    return requireBits(RULE, changedBits(undefined, after), base);
  }
  return judgeChange(event, authority, { channelId, before, after });
}

function judgeChange(
  event: JudgedControl,
  authority: Authority,
  change: { channelId: ChannelId; before: ChannelPolicy; after: ChannelPolicy },
): Verdict {
  const { channelId, before, after } = change;
  const held = before.closed
    ? authority.base(event.sender, event.origin_ts)
    : authority.rights(event.sender, channelId, event.origin_ts);
  const shape = before.kind !== after.kind || before.parent !== after.parent ||
    before.closed !== after.closed;
  const entries = entriesDiffer(before, after);
  // An event that changes nothing still takes a place in the graph: it needs one of the rights.
  const needsChannels = shape || !entries;
  if (needsChannels && !holds(held, "MANAGE_CHANNELS")) {
    return refuse(RULE, `${event.sender} lacks MANAGE_CHANNELS in ${channelId}`);
  }
  if (entries && !holds(held, "MANAGE_ROLES")) {
    return refuse(RULE, `${event.sender} lacks MANAGE_ROLES in ${channelId}`);
  }
  return entries ? requireBits(RULE, changedBits(before, after), held) : ALLOWED;
}

function isGuild(authority: Authority): boolean {
  return authority.room.kind === "guild";
}

/** The policy event's content; `main` without one counts as new. */
function storedPolicy(channelId: ChannelId, authority: Authority): ChannelPolicy | undefined {
  return authority.view.get("m.channel.policy", channelId) === undefined
    ? undefined
    : authority.channel(channelId);
}

function targetsOf(before: ChannelPolicy | undefined, after: ChannelPolicy): Set<string> {
  return new Set([...(before?.entries.keys() ?? []), ...after.entries.keys()]);
}

function entriesDiffer(before: ChannelPolicy, after: ChannelPolicy): boolean {
  for (const target of targetsOf(before, after)) {
    const old = before.entries.get(target);
    const now = after.entries.get(target);
    if (old === undefined || now === undefined) return true;
    if (old.allow !== now.allow || old.deny !== now.deny) return true;
  }
  return false;
}

/** Every bit that is allowed or denied to some target in one policy and not in the other. */
function changedBits(before: ChannelPolicy | undefined, after: ChannelPolicy): bigint {
  let bits = 0n;
  for (const target of targetsOf(before, after)) {
    const old = before?.entries.get(target);
    const now = after.entries.get(target);
    bits |= (old?.allow ?? 0n) ^ (now?.allow ?? 0n);
    bits |= (old?.deny ?? 0n) ^ (now?.deny ?? 0n);
  }
  return bits;
}
