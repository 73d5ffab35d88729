import type { ChatState } from "../store/chat.ts";
import { groupChannels } from "../store/channel_tree.ts";
import {
  guildOf,
  isTalk,
  type Place,
  placeKey,
  placeOfChannel,
  type TalkPlace,
} from "../store/place.ts";
import { attentionIn } from "../store/attention.ts";
import { stepFrom } from "../store/step.ts";
import { guildPath } from "../format/paths.ts";
import { followPath, openPlace } from "./history.ts";

/** Every place with messages in the order of the lists: conversations, then guild by guild. */
function allTalks(state: ChatState): TalkPlace[] {
  const dms = state.dms.value.map((dm): TalkPlace => ({
    kind: "dm",
    roomId: dm.room_id,
    channelId: "main",
    focus: null,
  }));
  const channels = state.guilds.value.flatMap((guild) =>
    groupChannels(guild).flatMap((group) => [...group.channels])
      .filter((channel) => channel.kind === "text")
      .map((channel) => placeOfChannel(guild, channel))
  );
  return [...dms, ...channels];
}

const guildIdOf = (place: Place) =>
  place.kind === "channel" || place.kind === "guild" ? place.guildId : null;

/** The next channel of the guild, or conversation; with `unread` the next one anywhere. */
export function stepTalk(state: ChatState, step: 1 | -1, unread: boolean): void {
  const place = state.place.value;
  const all = allTalks(state);
  const list = unread
    ? all
    : all.filter((talk) =>
      guildIdOf(talk) === guildIdOf(place) || guildIdOf(place) === null &&
        talk.kind === "dm"
    );
  const at = isTalk(place) ? list.findIndex((talk) => placeKey(talk) === placeKey(place)) : -1;
  const next = stepFrom(list, {
    at,
    step,
    wanted: (talk) => !unread || hasNews(state, talk),
  });
  if (next) openPlace(state, next);
}

/** What is muted is gone to where a mention waits alone. */
function hasNews(state: ChatState, talk: TalkPlace): boolean {
  const read = state.reads.value.get(placeKey(talk));
  const { muted, level } = attentionIn(state, { ...talk, guildId: guildIdOf(talk) });
  if (muted) return level !== "nothing" && (read?.mentions ?? 0) > 0;
  return (read?.unread ?? 0) > 0;
}

/** The guild above or below; conversations stand above the first. */
export function stepGuild(state: ChatState, step: 1 | -1): void {
  const here = guildOf(state.known, state.place.value);
  const list = [undefined, ...state.guilds.value];
  const at = list.findIndex((guild) => guild?.id === here?.id);
  const next = list[(at + step + list.length) % list.length];
  followPath(state, next ? guildPath(next.id) : "/home");
}
