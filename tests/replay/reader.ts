import type { ServerFrame, Snapshot } from "../../core/api/gateway.ts";
import { applyFrame } from "../../ui/lib/browser/dispatch.ts";
import { ChatState } from "../../ui/lib/store/chat.ts";
import { takeRead } from "../../ui/lib/store/stale_reads.ts";
import { ENGLISH } from "../../ui/lib/i18n/languages.ts";
import { inLanguage } from "../../ui/lib/i18n/request_language.ts";
import { readKept } from "../../ui/lib/kept.ts";
import { replaceSpan } from "../../ui/lib/store/window.ts";
import { Listening, type Person } from "../harness/homeserver.ts";

/** Rows of a page: no channel of the test grows beyond it. */
const PAGE = 100;

/** The web client's own store on a real gateway, without a page around it. */
export class Reader implements Disposable {
  readonly state: ChatState;
  readonly #person: Person;
  #listening: Listening;
  #applied = 0;

  private constructor(person: Person, listening: Listening, snapshot: Snapshot) {
    this.#person = person;
    this.#listening = listening;
    this.state = new ChatState({
      snapshot,
      place: { kind: "home" },
      page: null,
      members: null,
      nowMs: 0,
      timeZone: "UTC",
      emojiUrl: "",
      kept: readKept(""),
      publicUrlLocal: true,
      sourceUrl: "",
      abuseContact: null,
    });
  }

  static async open(person: Person): Promise<Reader> {
    const listening = await person.connect();
    const ready = await listening.until((frame) => frame.op === "ready");
    if (ready.op !== "ready") throw new Error("no snapshot came");
    const reader = new Reader(person, listening, ready.d);
    await reader.openEverything();
    return reader;
  }

  /** Applies what has arrived, at most `most` frames; the rest may be lost with the connection. */
  apply(most = Infinity): void {
    for (const frame of this.#listening.frames.slice(this.#applied)) {
      if (most-- <= 0) return;
      this.#applied++;
      inLanguage(ENGLISH, () => applyFrame(this.state, frame));
    }
  }

  /** Ends the connection; frames that were not applied are lost. */
  cut(): void {
    this.#listening[Symbol.dispose]();
  }

  /** Comes back where it was, as the app does. */
  async resume(): Promise<void> {
    this.#listening = await this.#person.connect(this.state.position);
    this.#applied = 0;
    const answered = await this.until((frame) =>
      frame.op === "resumed" || frame.op === "reset" || frame.op === "error"
    );
    if (answered.op !== "resumed") throw new Error(`not resumed: ${JSON.stringify(answered)}`);
  }

  async until(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    const frame = await this.#listening.until(fits);
    this.apply();
    return frame;
  }

  /** Asks for the read states that frames made stale, as the app does. */
  async refreshReads(): Promise<void> {
    for (const key of this.state.staleReads.value) {
      const [roomId, channelId] = key.split("/");
      const read = await this.#ask(`/rooms/${roomId}/read?channel_id=${channelId}`);
      if (read !== undefined) takeRead(this.state, read);
    }
  }

  /** Loads the pages and member lists that are not held, as opening each of them would. */
  async openEverything(): Promise<void> {
    const { state } = this;
    for (const guild of state.guilds.value) {
      if (!state.members.value.has(guild.id)) {
        state.setMembers(
          guild.id,
          await this.#person.do("GET", `/guilds/${guild.id}/members?limit=200`),
        );
      }
      for (const channel of guild.channels) {
        if (channel.kind === "text") await this.#openChannel(channel.room_id, channel.id);
      }
    }
    for (const dm of state.dms.value) {
      if (dm.state !== "invited") await this.#openChannel(dm.room_id, dm.channel_id);
    }
  }

  async #openChannel(roomId: string, channelId: string): Promise<void> {
    const window = this.state.windowOf(`${roomId}/${channelId}`);
    if (window.value.messages.length > 0 || !window.value.hasBefore) return;
    const path = `/rooms/${roomId}/messages?channel_id=${channelId}&limit=${PAGE}`;
    const page = await this.#ask(path);
    if (page !== undefined) window.value = replaceSpan(window.value, page);
  }

  /** Undefined where the channel has gone out of sight and the frame that says so is on its way. */
  // deno-lint-ignore no-explicit-any -- see Answer
  async #ask(path: string): Promise<any> {
    const { status, body } = await this.#person.try("GET", path);
    if (status !== 200 && status !== 404) throw new Error(`GET ${path}: ${status}`);
    return status === 200 ? body : undefined;
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}

/** What the app draws from: everything but presence and typing, which no position holds. */
export function shown(state: ChatState): Record<string, unknown> {
  return {
    self: state.self.value,
    guilds: state.guilds.value.map((guild) => ({
      ...guild,
      me: { ...guild.me, presence: undefined },
      // Of use where a snapshot is all there is; the app draws from windows and read states.
      channels: guild.channels.map((channel) => ({ ...channel, last_message_id: undefined })),
    })),
    dms: state.dms.value,
    reads: Object.fromEntries(
      readable(state).map((key) => {
        const { last_read_id = null, unread = 0, mentions = 0 } = state.reads.value.get(key) ?? {};
        return [key, { last_read_id, unread, mentions }];
      }),
    ),
    members: sorted(state.members.value).map(([guildId, list]) => [guildId, {
      ...list,
      members: list.members.map((member) => ({ ...member, presence: undefined }))
        .sort((a, b) => a.user.id < b.user.id ? -1 : 1),
    }]),
    windows: sorted(state.windows).map(([key, window]) => [key, {
      ...window.value,
      // Who saw it deleted keeps a note of that; it is no part of the channel's history.
      messages: window.value.messages.filter((message) => message.redacted === null),
    }]),
  };
}

/** Keys of every channel and conversation in sight. */
function readable(state: ChatState): string[] {
  return [
    ...state.guilds.value.flatMap((guild) =>
      guild.channels.filter((channel) => channel.kind !== "category")
        .map((channel) => `${channel.room_id}/${channel.id}`)
    ),
    ...state.dms.value.map((dm) => `${dm.room_id}/${dm.channel_id}`),
  ].sort();
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => a < b ? -1 : 1);
}

/** Paths at which two values differ, with both; a whole state is too long to read. */
export function differences(a: unknown, b: unknown, path = ""): string[] {
  if (Object.is(a, b)) return [];
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return [`${path}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`];
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) => differences(left[key], right[key], `${path}/${key}`));
}
