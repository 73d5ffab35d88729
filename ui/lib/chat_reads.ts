import { HttpError } from "fresh";
import type { Snapshot } from "../../core/api/gateway.ts";
import type { MessagePage } from "../../core/api/message.ts";
import { ApiError } from "./api/request.ts";
import type { ServerApi } from "./api/server_api.ts";
import type { ChatProps, MemberList } from "./store/chat.ts";
import { isTalk, type Place, placeNamed, threadPlace } from "./store/place.ts";
import { PAGE_ROWS } from "./store/window.ts";

const MEMBER_ROWS = 200;
const NOWHERE: Place = { kind: "home" };

/** What a page of the chat is drawn from, on its way. */
export interface ChatReads {
  /** Undefined where nobody is signed in. */
  readonly snapshot: Promise<Snapshot | undefined>;
  readonly page: Promise<MessagePage | null>;
  readonly thread: Promise<ChatProps["thread"]>;
  readonly members: Promise<MemberList | null>;
}

/**
 * Asks at once for all that a page at this path can show. Whether there is such a place, and
 * whether the visitor may see it, each answer says for itself. The path of a guild names no
 * channel of it: nothing of one is read.
 */
export function beginChat(api: ServerApi, pathname: string): ChatReads {
  const place = placeNamed(pathname) ?? NOWHERE;
  const reads = {
    snapshot: readSnapshot(api),
    page: readMessages(api, place),
    thread: readThread(api, place),
    members: readMembers(api, place),
  };
  // Of a place that is none, or not the visitor's, nobody waits for them.
  for (const read of Object.values(reads)) read.catch(() => undefined);
  return reads;
}

async function readSnapshot(api: ServerApi): Promise<Snapshot | undefined> {
  try {
    return (await api.call("sync")).snapshot;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined;
    throw error;
  }
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
