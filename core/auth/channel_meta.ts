import { parseChannelId } from "../ids/channel_id.ts";
import type { Authority } from "../permissions/authority.ts";
import type { JudgedControl } from "./judged.ts";
import { requireInChannel } from "./require.ts";
import { refuse, type Verdict } from "./verdict.ts";

const RULE = "channel_meta";

/** `m.channel.meta` (name, topic, order): MANAGE_CHANNELS in an open channel. PROTOCOL.md 4. */
export function judgeChannelMeta(event: JudgedControl, authority: Authority): Verdict {
  const channelId = parseChannelId(event.state_key ?? "");
  if (channelId === undefined) return refuse(RULE, "its state key is no channel");
  return requireInChannel(event, authority, { rule: RULE, right: "MANAGE_CHANNELS", channelId });
}
