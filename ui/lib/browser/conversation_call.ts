import type { Dm } from "../../../core/api/gateway.ts";
import { dmName } from "../format/dm_name.ts";
import { nameOf } from "../format/names.ts";
import { withTexts } from "../i18n/later.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import type { Incoming } from "../store/voice.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { openPlace } from "./history.ts";
import { showToast } from "./toast.ts";

/** Whether a conversation has a button for calls at all. */
export function hasCalls(state: ChatState, dm: Dm): boolean {
  return state.server.voice && dm.state === "joined" &&
    (dm.kind === "pair" || dm.people.filter((each) => each.state === "joined").length > 1);
}

/** Those in the call of a conversation whom the viewer has not blocked. */
export function peopleInCall(state: ChatState, dm: Dm) {
  return state.voice.peopleIn(dm).filter(({ user }) => !state.isBlocked(user.id));
}

export function isInCall(
  state: ChatState,
  { room_id, channel_id }: Pick<Dm, "room_id" | "channel_id">,
) {
  const call = state.voice.call.value;
  return call !== undefined && call.phase !== "stopped" && call.spot.room_id === room_id &&
    call.spot.channel_id === channel_id;
}

/** Starts a call and rings the others, or joins the one that is there. */
export function callIn(state: ChatState, dm: Dm): void {
  join(state, { ...dm, name: dmName(dm, state.self.value.user.id) }, "ring");
}

/** Accepts a call that rings, and goes to its conversation. */
export function acceptCall(state: ChatState, { room_id, channel_id, by }: Incoming): void {
  state.voice.ringOver({ room_id, channel_id });
  const dm = state.dms.value.find((each) => each.room_id === room_id);
  const name = dm ? dmName(dm, state.self.value.user.id) : nameOf(by);
  state.overlay.value = null;
  if (dm) {
    openPlace(state, { kind: "dm", roomId: room_id, channelId: "main", focus: null }, "push");
  }
  join(state, { room_id, channel_id, name }, "answer");
}

export function declineCall(state: ChatState, { room_id, channel_id }: Incoming): void {
  state.voice.ringOver({ room_id, channel_id });
  callApi("declineVoice", { params: { room_id, channel_id } })
    .catch((error) => showToast(state, reasonOf(error), true));
}

function join(
  state: ChatState,
  { room_id, channel_id, name }: {
    readonly room_id: string;
    readonly channel_id: string;
    readonly name: string;
  },
  how: "ring" | "answer",
): void {
  void withTexts(import("../voice/call.ts")).then(
    ({ joinCall }) => joinCall(state, { guildId: null, room_id, channel_id, name }, how),
    () => showToast(state, t("refused.offline"), true),
  );
}
