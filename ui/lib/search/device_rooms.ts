import { type Signal, signal } from "@preact/signals";
import type { SearchQuery } from "../../../core/search/query.ts";
import { reasonOf } from "../browser/browser_api.ts";
import { memberName, nameOf } from "../format/names.ts";
import type { ChatState } from "../store/chat.ts";
import { guildOf } from "../store/place.ts";
import { fitsQuery, isForDevice, roomsFor } from "./device_fits.ts";
import { type DeviceHit, type DeviceSearch, openDeviceSearch } from "./device_room.ts";
import type { SearchHit, SourcePage } from "./hits.ts";
import { mergePages } from "./hits.ts";
import type { DeviceRoom } from "./subject.ts";

/** Hits looked at where filters take some of them out again. */
const FILTERED_FROM = 500;

export interface DeviceProgress {
  readonly done: boolean;
  /** Messages looked through. */
  readonly read: number;
  /** Why this device cannot search. */
  readonly fault: string | undefined;
}

/** The encrypted rooms of a search, open from the first question until the panel closes. */
export class DeviceRooms {
  readonly progress: Signal<DeviceProgress> = signal({ done: false, read: 0, fault: undefined });
  readonly #state: ChatState;
  readonly #rooms: readonly DeviceRoom[];
  readonly #opened = new Map<string, Promise<DeviceSearch>>();
  readonly #read = new Map<string, { readonly done: boolean; readonly read: number }>();
  /** Hears that more can be found. */
  onChange: (() => void) | undefined;

  constructor(state: ChatState, rooms: readonly DeviceRoom[]) {
    this.#state = state;
    this.#rooms = rooms;
    for (const { roomId } of rooms) {
      const opened = openDeviceSearch(state, roomId, (now) => this.#took(roomId, now));
      this.#opened.set(roomId, opened);
      opened.catch((error) =>
        this.progress.value = { ...this.progress.value, done: true, fault: reasonOf(error) }
      );
    }
  }

  close(): void {
    this.onChange = undefined;
    for (const opened of this.#opened.values()) {
      void opened.then((each) => each.close(), () => undefined);
    }
  }

  /** The newest `limit` that fit; nothing where a device cannot tell. */
  async find(query: SearchQuery, limit: number): Promise<SourcePage> {
    if (!isForDevice(query)) return { hits: [], hasMore: false };
    const rooms = roomsFor(this.#rooms, query);
    const pages = await Promise.all(rooms.map((room) => this.#findIn(room, query, limit)));
    return mergePages(pages);
  }

  async #findIn(room: DeviceRoom, query: SearchQuery, limit: number): Promise<SourcePage> {
    const search = await this.#opened.get(room.roomId);
    const plain = query.from.length === 0 && query.phrases.length === 0 &&
      query.sinceTs === undefined && query.untilTs === undefined;
    const words = [...query.words, ...query.phrases].join(" ");
    const found = await search?.find(words, plain ? limit : FILTERED_FROM);
    const all = (found?.hits ?? []).map((hit) => this.#hitOf(room, hit))
      .filter((hit) =>
        fitsQuery(hit, query, { selfId: this.#state.self.value.user.id, name: hit.name ?? "" })
      );
    const hasMore = all.length > limit || (plain && found?.hasMore === true);
    return { hits: all.slice(0, limit), hasMore, countHasMore: found?.hasMore === true || hasMore };
  }

  #hitOf(room: DeviceRoom, hit: DeviceHit): SearchHit {
    const state = this.#state;
    const guild = guildOf(state.known, state.place.value);
    const member = state.memberOf(guild?.id ?? null, hit.sender);
    const user = state.userOf(hit.sender);
    return {
      ...hit,
      roomId: room.roomId,
      channelId: room.channelId,
      name: member ? memberName(member) : nameOf(user),
      avatar: member?.guild_avatar ?? user.avatar,
      media: [],
    };
  }

  #took(roomId: string, now: { readonly done: boolean; readonly read: number }): void {
    this.#read.set(roomId, now);
    const all = [...this.#read.values()];
    this.progress.value = {
      ...this.progress.value,
      done: all.length === this.#rooms.length && all.every((each) => each.done),
      read: all.reduce((sum, each) => sum + each.read, 0),
    };
    this.onChange?.();
  }
}
