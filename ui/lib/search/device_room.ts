import type { Message } from "../../../core/api/message.ts";
import { callApi } from "../browser/browser_api.ts";
import { privacyOf } from "../browser/privacy.ts";
import { ApiError } from "../api/request.ts";
import type { ChatState } from "../store/chat.ts";

/** A message of an encrypted room as this device read it. */
export interface DeviceHit {
  readonly id: string;
  readonly sender: string;
  readonly ts: number;
  readonly text: string;
  /** As servers hold it; absent where it was not looked up. */
  readonly sealed?: Message | undefined;
}

export interface RoomProgress {
  /** Everything there is was looked through. */
  readonly done: boolean;
  readonly read: number;
}

/** What finds messages of one encrypted room: this device, where no server can read it. */
export interface DeviceSearch {
  /** By words alone, the latest first, `limit` at the most. */
  find(
    words: string,
    limit: number,
  ): Promise<{ readonly hits: readonly DeviceHit[]; readonly hasMore: boolean }>;
  close(): void;
}

/** Messages that are looked up at a time to see whether they were deleted meanwhile. */
const CHECKED_AT_ONCE = 5;
/** Looked up of one search: further ones are told by the gateway, or when one goes to them. */
const CHECKED_MAX = 60;

/** The search of an encrypted room, on this device. @throws CannotEncrypt */
export async function openDeviceSearch(
  state: ChatState,
  roomId: string,
  changed: (progress: RoomProgress) => void,
): Promise<DeviceSearch> {
  const engine = await (await privacyOf(state)).engine;
  const checked = new Map<string, Message | "gone" | "unknown">();
  let closed = false;
  let done = false;
  const look = async () => {
    const { read } = await engine.ask("search", roomId, "", { limit: 0 });
    if (!closed) changed({ done, read });
  };
  const unfollow = engine.onChange((change) => {
    if (change?.what === "texts" && change.roomId === roomId) void look().catch(() => undefined);
  });
  void engine.ask("readTexts", roomId)
    // Without an answer what is here can be searched.
    .catch(() => undefined)
    .then(() => done = true)
    .then(look).catch(() => undefined);
  return {
    async find(words, limit) {
      const { found, hasMore } = await engine.ask("search", roomId, words, { limit });
      const unknown = found.map(({ eventId }) => eventId)
        .filter((id) => !checked.has(id)).slice(0, CHECKED_MAX - checked.size);
      while (unknown.length > 0) {
        const some = unknown.splice(0, CHECKED_AT_ONCE);
        const there = await Promise.all(some.map((id) => lookUp(roomId, id)));
        some.forEach((id, at) => checked.set(id, there[at] ?? "unknown"));
        const gone = some.filter((id) => checked.get(id) === "gone");
        if (gone.length > 0) await engine.ask("forgetTexts", roomId, gone);
      }
      const hits = found.flatMap(({ eventId, sender, ts, text }) => {
        const held = checked.get(eventId);
        const sealed = typeof held === "object" ? held : undefined;
        return held === "gone" ? [] : [{ id: eventId, sender, ts, text, sealed }];
      });
      return { hits, hasMore };
    },
    close() {
      closed = true;
      unfollow();
    },
  };
}

/** A message that was found, unless it was deleted meanwhile, or could not be asked for. */
async function lookUp(roomId: string, eventId: string): Promise<Message | "gone" | "unknown"> {
  try {
    const params = { room_id: roomId, event_id: eventId };
    const message = await callApi("getMessage", { params });
    return message.redacted === null ? message : "gone";
  } catch (error) {
    return error instanceof ApiError && error.status === 404 ? "gone" : "unknown";
  }
}
