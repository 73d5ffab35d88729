import { HttpError } from "fresh";
import type { Snapshot } from "../../core/api/gateway.ts";
import type { MessagePage } from "../../core/api/message.ts";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import { isTimeZone } from "../../core/rules/time_zone.ts";
import { dmName } from "./format/dm_name.ts";
import { language } from "./i18n/t.ts";
import { readKept } from "./kept.ts";
import type { ChatProps, MemberList } from "./store/chat.ts";
import {
  channelOf,
  dmOf,
  guildOf,
  isTalk,
  parsePlace,
  type Place,
  threadPlace,
} from "./store/place.ts";
import { PAGE_ROWS } from "./store/window.ts";

const MEMBER_ROWS = 200;

/** Everything the app needs for one path, as the visitor may see it; undefined: sign in first. */
export async function loadChat(
  state: State,
  request: Request,
  pathname: string,
): Promise<ChatProps | undefined> {
  const snapshot = await readSnapshot(state);
  if (!snapshot) return undefined;
  const place = parsePlace(snapshot, pathname);
  if (!place) throw new HttpError(404, "There is no such channel, or it is not yours to see.");
  const [page, thread, members] = await Promise.all([
    readMessages(state, snapshot, place),
    readThread(state, place),
    readMembers(state, place),
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

async function readSnapshot(state: State): Promise<Snapshot | undefined> {
  try {
    return (await state.api.call("sync")).snapshot;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined;
    throw error;
  }
}

async function readMessages(
  state: State,
  snapshot: Snapshot,
  place: Place,
): Promise<MessagePage | null> {
  if (!isTalk(place)) return null;
  const channel = channelOf(snapshot, place);
  if (channel?.kind === "voice" && !snapshot.server.voice) return null;
  if (dmOf(snapshot, place)?.state === "invited") return null;
  try {
    return await state.api.call("listMessages", {
      params: { room_id: place.roomId },
      query: {
        channel_id: place.channelId,
        limit: PAGE_ROWS,
        ...(place.focus === null ? {} : { around: place.focus }),
      },
    });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      throw new HttpError(404, "There is no such message, or it is not yours to see.");
    }
    throw error;
  }
}

/** The thread beside the channel. */
async function readThread(state: State, place: Place): Promise<ChatProps["thread"]> {
  const beside = threadPlace(place);
  if (beside?.root === undefined) return undefined;
  const params = { room_id: beside.roomId };
  try {
    const [view, page] = await Promise.all([
      state.api.call("getThread", { params: { ...params, event_id: beside.root } }),
      state.api.call("listMessages", {
        params,
        query: {
          channel_id: beside.channelId,
          thread_id: beside.root,
          limit: PAGE_ROWS,
          ...(beside.focus === null ? {} : { around: beside.focus }),
        },
      }),
    ]);
    return { view, page };
  } catch (error) {
    if (error instanceof ApiError && [403, 404].includes(error.status)) {
      throw new HttpError(404, "There is no such thread, or it is not yours to see.");
    }
    throw error;
  }
}

async function readMembers(state: State, place: Place): Promise<MemberList | null> {
  if (place.kind !== "channel") return null;
  return await state.api.call("listMembers", {
    params: { guild_id: place.guildId },
    query: { limit: MEMBER_ROWS },
  });
}

function titleOf(snapshot: Snapshot, place: Place): string {
  const channel = channelOf(snapshot, place);
  const dm = dmOf(snapshot, place);
  if (channel) return `#${channel.name}`;
  return dm ? dmName(dm, snapshot.self.user.id) : guildOf(snapshot, place)?.name ?? "";
}

/** Times are drawn as the browser said it reads them; before it said so, in UTC. */
export function readTimeZone(request: Request): string {
  const match = /(?:^|;\s*)og_tz=([^;]*)/.exec(request.headers.get("cookie") ?? "");
  try {
    const name = decodeURIComponent(match?.[1] ?? "");
    return name !== "" && isTimeZone(name) ? name : "UTC";
  } catch {
    return "UTC";
  }
}
