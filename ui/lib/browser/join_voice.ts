import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { can } from "../format/rights.ts";
import { withTexts } from "../i18n/later.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { showToast } from "./toast.ts";

/** Whether somebody can join a call in this channel. */
export function canJoin(state: ChatState, channel: Channel): boolean {
  return state.server.voice && channel.kind === "voice" && !channel.archived &&
    can(channel.permissions, "CONNECT");
}

/** Joins the call of a voice channel. Its script comes with the first one. */
export function joinVoice(state: ChatState, guild: Guild, channel: Channel): void {
  const { id: channel_id, room_id, name } = channel;
  void withTexts(import("../voice/call.ts")).then(
    ({ joinCall }) => joinCall(state, { guildId: guild.id, room_id, channel_id, name }),
    () => showToast(state, t("refused.offline"), true),
  );
}
