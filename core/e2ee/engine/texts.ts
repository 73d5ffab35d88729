import type { ChannelId } from "../../ids/channel_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { open } from "../envelope.ts";
import type { SealedPayload } from "../payload.ts";
import type { Archive } from "./archive.ts";
import type { FeedItem } from "./calls.ts";
import type { EnginePorts, StoreChange } from "./ports.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";
import { Turn } from "./turn.ts";
import type { EngineChange, FoundText, SearchPage } from "./types.ts";

/** Texts that are kept of one room; the oldest go first. */
const MAX_TEXTS = 20_000;
/** Texts in one row of the store. */
const PAGE_TEXTS = 200;
const MAX_PAGES = MAX_TEXTS / PAGE_TEXTS;
/** Events asked for at a time. */
const FEED_PAGE = 500;
const MAX_WORDS = 8;
const MAX_QUERY_CHARS = 200;
const MAX_FOUND = 500;
/** Events without a key that are remembered of a room. */
const MAX_MISSED = 1000;

/** One text as it lies in the store: `of` is the message that it is the text of. */
interface Kept {
  readonly of: string;
  readonly by: string;
  readonly ts: number;
  readonly text: string;
}

interface TextsMeta {
  /** Where the feed goes on. */
  readonly after: number;
  /** First and last page that is there; `last` below `first`: none. */
  readonly first: number;
  readonly last: number;
  /** Events whose key was not there when they were read, the latest ones. */
  readonly missed: readonly string[];
}

interface RoomReading {
  readonly turn: Turn;
  reading: Promise<void> | undefined;
  /** Everything that the server has was looked through. */
  complete: boolean;
}

const NONE: TextsMeta = { after: 0, first: 0, last: -1, missed: [] };
const metaKey = (roomId: string) => `${roomId}/meta`;
const pageKey = (roomId: string, page: number) => `${roomId}/p/${String(page).padStart(8, "0")}`;

/** Letters without their marks and cases: whoever searches types neither. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The words of a query, folded; none where it has none. */
export function wordsOf(query: string): string[] {
  return folded(query.slice(0, MAX_QUERY_CHARS)).split(/\s+/).filter(Boolean).slice(0, MAX_WORDS);
}

function textOf({ body = "", media = [] }: SealedPayload): string {
  return [body, ...media.flatMap(({ name, alt }) => alt ? [name, alt] : [name])]
    .filter(Boolean).join("\n");
}

/**
 * What was said in encrypted rooms as far as this device can read it, for searching: servers
 * cannot. It is read from the key feed, in which servers hold the sealed messages, when somebody
 * searches; it lies in the device's store like everything else.
 */
export class Texts {
  readonly #ports: EnginePorts;
  readonly #archive: Archive;
  readonly #signal: AbortSignal;
  readonly #emit: (change: EngineChange) => void;
  readonly #sync: (roomId: string) => Promise<unknown>;
  readonly #rooms = new Map<string, RoomReading>();

  constructor(
    { ports, archive, signal, emit, sync }: {
      readonly ports: EnginePorts;
      readonly archive: Archive;
      readonly signal: AbortSignal;
      readonly emit: (change: EngineChange) => void;
      /** Takes the keys of what was said meanwhile. */
      readonly sync: (roomId: string) => Promise<unknown>;
    },
  ) {
    this.#sync = sync;
    this.#ports = ports;
    this.#archive = archive;
    this.#signal = signal;
    this.#emit = emit;
  }

  #room(roomId: string) {
    let room = this.#rooms.get(roomId);
    if (room === undefined) {
      room = { turn: new Turn(), reading: undefined, complete: false };
      this.#rooms.set(roomId, room);
    }
    return room;
  }

  /** `DeviceEngine.search`. */
  async search(
    roomId: string,
    query: string,
    { skip = 0, limit = MAX_FOUND }: { readonly skip?: number; readonly limit?: number } = {},
  ): Promise<SearchPage> {
    const room = this.#room(roomId);
    const wanted = skip + Math.min(limit, MAX_FOUND) + 1;
    const words = wordsOf(query);
    const { found, read } = await this.#scan(roomId, words, wanted);
    return {
      found: found.slice(skip, wanted - 1),
      hasMore: found.length >= wanted,
      read,
      complete: room.complete,
    };
  }

  /** Keys came: where such messages had been passed over, all is read anew by the next search. */
  async keysCame(roomId: string, eventIds: readonly string[]): Promise<void> {
    await this.#room(roomId).turn.run(async () => {
      const meta = await this.#meta(roomId);
      const missed = new Set(meta.missed);
      if (!eventIds.some((id) => missed.has(id))) return;
      await this.#clear(roomId, meta);
      this.#emit({ what: "texts", roomId });
    });
  }

  async #clear(roomId: string, meta: TextsMeta): Promise<void> {
    const rows: StoreChange[] = [goneRow("texts", metaKey(roomId))];
    for (let page = meta.first; page <= meta.last; page++) {
      rows.push(goneRow("texts", pageKey(roomId, page)));
    }
    await this.#ports.store.write(rows);
    this.#room(roomId).complete = false;
  }

  /** `DeviceEngine.forgetTexts`. */
  async forget(roomId: string, eventIds: readonly string[]): Promise<void> {
    const gone = new Set(eventIds);
    await this.#room(roomId).turn.run(async () => {
      const meta = await this.#meta(roomId);
      for (let page = meta.first; page <= meta.last; page++) {
        const held = await this.#page(roomId, page);
        const rest = held.filter(({ of }) => !gone.has(of));
        if (rest.length === held.length) continue;
        await this.#ports.store.write([jsonRow("texts", pageKey(roomId, page), rest)]);
      }
    });
  }

  async #meta(roomId: string): Promise<TextsMeta> {
    const bytes = await this.#ports.store.get("texts", metaKey(roomId));
    return bytes === undefined ? NONE : readJsonRow<TextsMeta>(bytes);
  }

  async #page(roomId: string, page: number): Promise<readonly Kept[]> {
    const bytes = await this.#ports.store.get("texts", pageKey(roomId, page));
    return bytes === undefined ? [] : readJsonRow<readonly Kept[]>(bytes);
  }

  async #scan(roomId: string, words: readonly string[], wanted: number) {
    const meta = await this.#meta(roomId);
    const found: FoundText[] = [];
    // The newest text of a message counts, whichever page the older ones are in.
    const seen = new Set<string>();
    for (let page = meta.last; page >= meta.first; page--) {
      for (const { of, by, ts, text } of (await this.#page(roomId, page)).toReversed()) {
        const name = `${by} ${of}`;
        if (seen.has(name)) continue;
        seen.add(name);
        if (words.length === 0 || found.length >= wanted) continue;
        const held = folded(text);
        if (words.every((word) => held.includes(word))) {
          found.push({ eventId: of, sender: by, ts, text });
        }
      }
    }
    return { found, read: seen.size };
  }

  /** `DeviceEngine.readTexts`. Asked for while it runs, it is the same reading. */
  read(roomId: string): Promise<void> {
    const room = this.#room(roomId);
    room.complete = false;
    return room.reading ??= this.#readAll(roomId).finally(() => {
      room.reading = undefined;
      this.#emit({ what: "texts", roomId });
    });
  }

  async #readAll(roomId: string): Promise<void> {
    const room = this.#room(roomId);
    // Without it some keys are not here yet: they come later, or the messages cannot be read.
    await this.#sync(roomId).catch(() => undefined);
    while (!this.#signal.aborted) {
      const more = await room.turn.run(() => this.#readPage(roomId));
      if (!more) {
        room.complete = true;
        return;
      }
      this.#emit({ what: "texts", roomId });
    }
  }

  /** One page of the feed. @returns whether there is more */
  async #readPage(roomId: string): Promise<boolean> {
    const meta = await this.#meta(roomId);
    const { items, next, has_more } = await this.#ports.transport.call("listSealed", {
      params: { room_id: roomId },
      query: { after: meta.after, limit: FEED_PAGE },
    }, this.#signal);
    if (next === null) return false;
    const missed = [...meta.missed];
    const fresh: Kept[] = [];
    for (const item of items) {
      const kept = await this.#read(roomId, item);
      if (kept === "no_key") missed.push(item.event_id);
      else if (kept !== undefined) fresh.push(kept);
    }
    const latest = missed.slice(-MAX_MISSED);
    await this.#append(roomId, { ...meta, after: next, missed: latest }, fresh);
    return has_more;
  }

  async #read(roomId: string, item: FeedItem): Promise<Kept | "no_key" | undefined> {
    const key = await this.#archive.get(roomId, item.event_id) ??
      await this.#archive.getOwn(roomId, item.sealed.nonce);
    if (key === undefined || "fault" in key) return "no_key";
    if (key.kind === "reaction" || key.kind === "history") return undefined;
    const place = {
      roomId: roomId as RoomId,
      channelId: item.channel_id as ChannelId,
      sender: item.sender as UserId,
      relation: undefined,
    };
    const opened = open({ sealed: item.sealed, key, place, anyRelation: true });
    if (!opened.ok) return undefined;
    const { payload } = opened;
    const edited = payload.relates_to?.kind === "edit" ? payload.relates_to.event_id : undefined;
    return {
      of: edited ?? item.event_id,
      by: item.sender,
      ts: item.origin_ts,
      text: textOf(payload),
    };
  }

  async #append(roomId: string, meta: TextsMeta, fresh: readonly Kept[]): Promise<void> {
    let { first, last } = meta;
    const rows: StoreChange[] = [];
    const open = last >= first ? await this.#page(roomId, last) : [];
    const whole = [...open, ...fresh];
    if (last < first) last = first;
    for (let at = 0; at < whole.length || at === 0; at += PAGE_TEXTS) {
      const page = last + at / PAGE_TEXTS;
      rows.push(jsonRow("texts", pageKey(roomId, page), whole.slice(at, at + PAGE_TEXTS)));
    }
    last += Math.max(0, Math.ceil(whole.length / PAGE_TEXTS) - 1);
    for (; last - first >= MAX_PAGES; first++) rows.push(goneRow("texts", pageKey(roomId, first)));
    await this.#ports.store.write([
      ...rows,
      jsonRow("texts", metaKey(roomId), {
        ...meta,
        first,
        last,
      }),
    ]);
  }
}
