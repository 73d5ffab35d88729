import type { Thread } from "../../../core/api/thread.ts";
import type { ChatState } from "../store/chat.ts";
import { groupChannels } from "../store/channel_tree.ts";
import {
  guildOf,
  isTalk,
  type Place,
  placeKey,
  placeOfChannel,
  type TalkPlace,
  threadPlace,
} from "../store/place.ts";
import { attentionIn, threadShown } from "../store/attention.ts";
import { stepFrom } from "../store/step.ts";
import { threadsUnder } from "../store/threads.ts";
import { guildPath } from "../format/paths.ts";
import { followPath, openPlace } from "./history.ts";

/** A row of the lists that one steps to; `thread`: a followed one, open beside its channel. */
interface Stop {
  readonly place: TalkPlace;
  readonly thread?: Thread;
}

/** Every place with messages in the order of the lists: conversations, then guild by guild. */
function allStops(state: ChatState): Stop[] {
  const dms = state.dms.value.map((dm): Stop => ({
    place: { kind: "dm", roomId: dm.room_id, channelId: "main", focus: null },
  }));
  const channels = state.guilds.value.flatMap((guild) =>
    groupChannels(guild).flatMap((group) => [...group.channels]).flatMap((channel): Stop[] => {
      const place = placeOfChannel(guild, channel);
      const threads = threadsUnder(state, channel).map((thread): Stop => ({
        place: { ...place, thread: { id: thread.id, focus: null } },
        thread,
      }));
      return channel.kind === "text" ? [{ place }, ...threads] : threads;
    })
  );
  return [...dms, ...channels];
}

const guildIdOf = (place: Place) =>
  place.kind === "channel" || place.kind === "guild" ? place.guildId : null;

/** The row where one is: of a thread without one its channel's. */
function stopAt(stops: readonly Stop[], place: Place): number {
  if (!isTalk(place)) return -1;
  const at = (key: string) => stops.findIndex((stop) => keyOf(stop.place) === key);
  const here = at(keyOf(place));
  return here < 0 ? at(placeKey(place)) : here;
}

const keyOf = (place: TalkPlace) => placeKey(threadPlace(place) ?? place);

/** The next row of the guild, or conversation; with `unread` the next one anywhere. */
export function stepTalk(state: ChatState, step: 1 | -1, unread: boolean): void {
  const place = state.place.value;
  const all = allStops(state);
  const list = unread
    ? all
    : all.filter(({ place: stop }) =>
      guildIdOf(stop) === guildIdOf(place) || guildIdOf(place) === null && stop.kind === "dm"
    );
  const next = stepFrom(list, {
    at: stopAt(list, place),
    step,
    wanted: (stop) => !unread || hasNews(state, stop),
  });
  if (next) openPlace(state, next.place);
}

/** What is muted is gone to where a mention waits alone. */
function hasNews(state: ChatState, { place, thread }: Stop): boolean {
  const guildId = guildIdOf(place);
  if (thread !== undefined && guildId !== null) {
    const { unread, mentions } = threadShown(state, guildId, thread);
    return unread > 0 || mentions > 0;
  }
  const read = state.reads.value.get(placeKey(place));
  const { muted, level } = attentionIn(state, { ...place, guildId });
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
