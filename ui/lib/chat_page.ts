import { HttpError } from "fresh";
import type { Snapshot } from "../../core/api/gateway.ts";
import type { State } from "../utils.ts";
import { beginChat } from "./chat_reads.ts";
import { dmName } from "./format/dm_name.ts";
import { language } from "./i18n/t.ts";
import { readKept } from "./kept.ts";
import type { ChatProps } from "./store/chat.ts";
import { readTimeZone } from "./time_zone.ts";
import { channelOf, dmOf, guildOf, parsePlace, type Place } from "./store/place.ts";

/** Everything the app needs for one path, as the visitor may see it; undefined: sign in first. */
export async function loadChat(
  state: State,
  request: Request,
  pathname: string,
): Promise<ChatProps | undefined> {
  const reads = state.chat ?? beginChat(state.api, pathname);
  const snapshot = await reads.snapshot;
  if (!snapshot) return undefined;
  const place = parsePlace(snapshot, pathname);
  if (!place) throw new HttpError(404, "There is no such channel, or it is not yours to see.");
  const [page, thread, members] = await Promise.all([
    showsMessages(snapshot, place) ? reads.page : null,
    reads.thread,
    reads.members,
  ]);
  state.title = titleOf(snapshot, place);
  return {
    snapshot,
    place,
    page,
    ...(thread === undefined ? {} : { thread }),
    members,
    nowMs: state.nowMs,
    timeZone: readTimeZone(request),
    emojiUrl: state.assets.data[`emoji-${language().code}.json`] ??
      state.assets.data["emoji.json"] ?? "",
    publicUrlLocal: state.server.public_url_local,
    sourceUrl: state.server.source_url,
    abuseContact: state.server.abuse_contact,
    kept: readKept(request.headers.get("cookie") ?? ""),
  };
}

function showsMessages(snapshot: Snapshot, place: Place): boolean {
  if (channelOf(snapshot, place)?.kind === "voice" && !snapshot.server.voice) return false;
  return dmOf(snapshot, place)?.state !== "invited";
}

function titleOf(snapshot: Snapshot, place: Place): string {
  const channel = channelOf(snapshot, place);
  const dm = dmOf(snapshot, place);
  if (channel) return `#${channel.name}`;
  return dm ? dmName(dm, snapshot.self.user.id) : guildOf(snapshot, place)?.name ?? "";
}
