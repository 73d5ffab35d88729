import { HttpError } from "fresh";
import type { Snapshot } from "../../core/api/gateway.ts";
import type { MessagePage } from "../../core/api/message.ts";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import type { ServerApi } from "./api/server_api.ts";
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
  placeNamed,
  threadPlace,
} from "./store/place.ts";
import { PAGE_ROWS } from "./store/window.ts";

const MEMBER_ROWS = 200;

/** What a page of the chat is drawn from, on its way. */
export interface ChatReads {
  readonly place: Place;
  /** Undefined where nobody is signed in. */
  readonly snapshot: Promise<Snapshot | undefined>;
  readonly page: Promise<MessagePage | null>;
  readonly thread: Promise<ChatProps["thread"]>;
  readonly members: Promise<MemberList | null>;
}

/**
 * Asks at once for all that a page at this path can show. Whether there is such a place, and
 * whether the visitor may see it, each answer says for itself. Undefined where the path is none of
 * the chat.
 */
export function beginChat(api: ServerApi, pathname: string): ChatReads | undefined {
  const place = placeNamed(pathname);
  return place && { snapshot: readSnapshot(api), ...beginPlace(api, place) };
}

function beginPlace(api: ServerApi, place: Place): Omit<ChatReads, "snapshot"> {
  const reads = {
    page: readMessages(api, place),
    thread: readThread(api, place),
    members: readMembers(api, place),
  };
  // Of a place that is none, or not the visitor's, nobody waits for them.
  for (const read of Object.values(reads)) read.catch(() => undefined);
  return { place, ...reads };
}

/** Everything the app needs for one path, as the visitor may see it; undefined: sign in first. */
export async function loadChat(
  state: State,
  request: Request,
  pathname: string,
): Promise<ChatProps | undefined> {
  const begun = state.chat ?? beginChat(state.api, pathname);
  const snapshot = await (begun?.snapshot ?? readSnapshot(state.api));
  if (!snapshot) return undefined;
  const place = parsePlace(snapshot, pathname);
  if (!place) throw new HttpError(404, "There is no such channel, or it is not yours to see.");
  // The path of a guild names none of its channels.
  const reads = begun?.place.kind === place.kind ? begun : beginPlace(state.api, place);
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

async function readSnapshot(api: ServerApi): Promise<Snapshot | undefined> {
  try {
    return (await api.call("sync")).snapshot;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined;
    throw error;
  }
}

function showsMessages(snapshot: Snapshot, place: Place): boolean {
  if (channelOf(snapshot, place)?.kind === "voice" && !snapshot.server.voice) return false;
  return dmOf(snapshot, place)?.state !== "invited";
}

async function readMessages(api: ServerApi, place: Place): Promise<MessagePage | null> {
  if (!isTalk(place)) return null;
  try {
    return await api.call("listMessages", {
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
async function readThread(api: ServerApi, place: Place): Promise<ChatProps["thread"]> {
  const beside = threadPlace(place);
  if (beside?.root === undefined) return undefined;
  const params = { room_id: beside.roomId };
  try {
    const [view, page] = await Promise.all([
      api.call("getThread", { params: { ...params, event_id: beside.root } }),
      api.call("listMessages", {
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

async function readMembers(api: ServerApi, place: Place): Promise<MemberList | null> {
  if (place.kind !== "channel") return null;
  return await api.call("listMembers", {
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
