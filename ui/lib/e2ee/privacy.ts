import { effect, type Signal, signal } from "@preact/signals";
import type { Message } from "../../../core/api/message.ts";
import type { ServerFrame } from "../../../core/api/gateway.ts";
import type { EngineChange, RoomState } from "../../../core/e2ee/engine/types.ts";
import type { SealedPreview } from "../../../core/e2ee/payload.ts";
import { callApi } from "../browser/browser_api.ts";
import type { Upload } from "../browser/upload.ts";
import { nameOf } from "../format/names.ts";
import { can } from "../format/rights.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import type { OutboxRecord } from "../store/outbox.ts";
import { plainText } from "../store/links.ts";
import { isTalk, placeKey, refKey } from "../store/place.ts";
import { isDeviceDispatch } from "../../../core/e2ee/engine/ports.ts";
import { dmKind, makeDevice } from "./begin.ts";
import { Beginnings } from "./beginnings.ts";
import { CannotEncrypt, openEngine } from "./client.ts";
import { historyLine } from "./history_line.ts";
import { keepDraft, readDraft } from "./locked_drafts.ts";
import { Opener } from "./opener.ts";
import type { RemoteEngine } from "./remote_engine.ts";
import { LOOK_MS, previewAddresses, SealedPreviews } from "./sealed_previews.ts";
import { textEventOf } from "./sealed_text.ts";
import {
  fillMessage,
  meetOwn,
  OpenedEvents,
  type OpenState,
  reactorsOf,
  unopenedEvents,
} from "./sealed_view.ts";
import { editSealed, reactSealed, type SealedContent, sendSealed, unreactSealed } from "./speak.ts";
import type { Lack } from "./support.ts";
import { uploadSealed } from "./upload_sealed.ts";

/**
 * What the chat does in encrypted conversations beyond the others: it opens what is shown, seals
 * what is said, and knows how each conversation stands. Plaintext is in the windows of the tab
 * and in `opened`, and nowhere that outlives it.
 */
export class Privacy {
  readonly state: ChatState;
  readonly opened = new OpenedEvents();
  /** Undefined until it runs. */
  readonly engine: Promise<RemoteEngine>;
  readonly beginnings: Beginnings;
  /** Why this browser cannot encrypt; undefined where it can. */
  readonly lack: Signal<Lack | undefined> = signal(undefined);
  /** How each conversation stands, by room. */
  readonly rooms: Signal<ReadonlyMap<string, RoomState>> = signal(new Map());
  readonly #opener: Opener;
  readonly #previews = new SealedPreviews(async (url) =>
    (await callApi("previewLink", { body: { url }, timeoutMs: LOOK_MS })).preview
  );
  /** Messages whose windows hold all that is known of them. */
  readonly #filled = new WeakSet<Message>();
  /** Counts what was opened: windows are looked at again. */
  readonly #turn = signal(0);
  /** Conversations of which the engine knows whose they are. */
  readonly #expected = new Set<string>();
  /** The engine has come up: what is said from now on is told to it. */
  #runs = false;
  /** Events that came while this tab was open: they are announced when they can be read. */
  readonly #news = new Set<string>();

  constructor(state: ChatState) {
    this.state = state;
    this.engine = openEngine(state.self.value.user.id);
    this.engine.catch((error) => {
      if (error instanceof CannotEncrypt) this.lack.value = error.lack;
    });
    this.beginnings = new Beginnings(state, this.engine);
    this.#opener = new Opener(this.engine, this.opened, (ids) => this.#looked(ids));
    state.heard = (frame) => void this.#hear(frame);
    void this.engine.then((engine) => {
      this.#follow(engine);
      this.#runs = true;
      // The gateway may have said so before this script was here, and does not say it again.
      if (state.connection.peek() === "online") engine.tell("connected");
      state.privacyOpen.value = true;
    }, () => undefined);
    effect(() => {
      void this.#turn.value;
      const place = state.place.value;
      if (isTalk(place)) this.#fill(placeKey(place));
    });
  }

  /** Why this browser cannot encrypt; undefined where it can. */
  async lackOf(): Promise<Lack | undefined> {
    await this.engine.catch(() => undefined);
    return this.lack.value;
  }

  /** Makes this browser a device of the account; false where another one must approve it. */
  async becomeDevice(): Promise<boolean> {
    return await makeDevice(await this.engine);
  }

  /** Tries to bring a conversation up to date. */
  async sync(roomId: string): Promise<void> {
    await this.engine.then((engine) => engine.ask("sync", roomId)).catch(() => undefined);
  }

  /** How far the opening of a message's text is. */
  statusOf(message: Message): OpenState {
    return this.opened.get(textEventOf(message)) ??
      (this.lack.value
        ? { kind: "fault", fault: "device_not_ready", retry: false }
        : { kind: "opening", slow: false });
  }

  /** Tries once more what could not be opened. */
  retry(message: Message): void {
    this.opened.forget(textEventOf(message));
    this.#touch();
  }

  /** Sends a message of the outbox; `keep` stores its sealed form beside it. */
  send(
    record: OutboxRecord,
    keep: (content: SealedContent | undefined) => Promise<void>,
  ): Promise<Message> {
    return sendSealed(this, record, keep);
  }

  async edit(message: Message, body: string): Promise<Message> {
    return this.#own(await editSealed(this, message, body));
  }

  /** Adds one's reaction, or takes it back where it stands already. */
  async react(message: Message, key: string, added: boolean): Promise<Message> {
    if (added) return this.#own(await reactSealed(this, message, key));
    const selfId = this.state.self.value.user.id;
    const held = (message.sealed_reactions ?? []).filter(({ id, user_id }) =>
      user_id === selfId && this.opened.payload(id)?.key === key
    );
    for (const { id } of held) await unreactSealed(message, id);
    const rest = (message.sealed_reactions ?? []).filter((each) => !held.includes(each));
    return this.fill({ ...message, sealed_reactions: rest }, [message]);
  }

  /** Seals a file and sends it, as `uploadFile` does with those that servers may read. */
  upload(file: File, onProgress: (part: number) => void): Upload {
    return uploadSealed(file, onProgress);
  }

  /** Keeps a draft readable for this browser alone; null takes it off. */
  async keepDraft(name: string, packed: string | null): Promise<void> {
    await keepDraft(this.state.self.value.user.id, name, packed);
  }

  async readDraft(name: string): Promise<string | null> {
    return await readDraft(this.state.self.value.user.id, name);
  }

  /** Everybody who reacted to a message with one key. */
  reactors(message: Message, key: string): string[] {
    return reactorsOf(message, this.opened, key);
  }

  #own(message: Message): Message {
    meetOwn(message, this.opened, this.state.self.value.user.id);
    return this.fill(message, []);
  }

  /** Messages that stand outside of the windows, opened as far as they can be. */
  async openAll(messages: readonly Message[]): Promise<Message[]> {
    await Promise.all(messages.map((message) => this.#opener.open(message)));
    return messages.map((message) => this.fill(message, messages));
  }

  fill(message: Message, around: readonly Message[]): Message {
    const answered = around.find((each) => each.id === message.reply_to?.id);
    return fillMessage(message, {
      opened: this.opened,
      selfId: this.state.self.value.user.id,
      answered,
    });
  }

  /**
   * Previews of links in a text of one's own. Where they were not chosen no link leaves this
   * browser; those that a message has already stay with it.
   */
  async previewsOf(
    at: { readonly roomId: string; readonly channelId: string },
    body: string,
    held: readonly SealedPreview[] = [],
  ): Promise<readonly SealedPreview[]> {
    if (this.state.self.value.sealed_previews && mayEmbed(this.state, at)) {
      return await this.#previews.of(body, held);
    }
    const addresses = held.length > 0 ? previewAddresses(body) : [];
    return held.filter(({ url }) => addresses.includes(url));
  }

  #touch(): void {
    this.#turn.value++;
  }

  /** Fills what a window holds from what is opened, and opens the rest. */
  #fill(key: string): void {
    const window = this.state.windowOf(key);
    const held = window.value.messages;
    const stale = held.filter((message) => this.#isOurs(message) && !this.#filled.has(message));
    if (stale.length === 0) return;
    for (const message of stale) meetOwn(message, this.opened, this.state.self.value.user.id);
    const messages = held.map((message) => {
      if (!stale.includes(message)) return message;
      const filled = this.fill(message, held);
      this.#filled.add(filled);
      return filled;
    });
    window.value = { ...window.value, messages };
    for (const message of stale) {
      if (unopenedEvents(message, this.opened).length > 0) void this.#opener.open(message);
    }
  }

  #isOurs(message: Message): boolean {
    return message.sealed !== undefined || message.sealed_reactions !== undefined;
  }

  /** The state of these events changed: whoever shows them is drawn anew. */
  #looked(ids: ReadonlySet<string>): void {
    for (const window of this.state.windows.values()) {
      const shows = (message: Message) =>
        ids.has(textEventOf(message)) ||
        (message.sealed_reactions ?? []).some((reaction) => ids.has(reaction.id));
      const answers = (message: Message) =>
        message.reply_to !== null &&
        window.value.messages.some((each) => each.id === message.reply_to?.id && shows(each));
      if (!window.value.messages.some(shows)) continue;
      const messages = window.value.messages.map((message) =>
        shows(message) || answers(message) ? { ...message } : message
      );
      window.value = { ...window.value, messages };
    }
    this.#announce(ids);
  }

  #announce(ids: ReadonlySet<string>): void {
    const place = this.state.place.value;
    if (!isTalk(place)) return;
    for (const message of this.state.windowOf(placeKey(place)).value.messages) {
      if (!this.#news.has(message.id) || !ids.has(textEventOf(message))) continue;
      // Not before it can be read: until then it has no words, and is not a file either.
      const payload = this.opened.payload(textEventOf(message));
      if (!payload) continue;
      this.#news.delete(message.id);
      const name = message.nickname ?? nameOf(message.author);
      if (payload.history) {
        this.state.announcer?.add(historyLine(this.state, name, payload.history));
        continue;
      }
      this.state.announcer?.add(t("log.said", {
        name,
        text: message.body === ""
          ? t("log.file")
          : plainText(this.state, message.body.slice(0, 300)),
      }));
    }
  }

  async #hear(frame: ServerFrame): Promise<void> {
    if (frame.op === "dispatch" && frame.t === "message.create") {
      const { sealed, author, id } = frame.d;
      const place = this.state.place.value;
      const shown = isTalk(place) && placeKey(place) === refKey(frame.d);
      if (sealed && shown && author.id !== this.state.self.value.user.id) this.#news.add(id);
      return;
    }
    const isHeard = this.#runs;
    const engine = await this.engine;
    if (frame.op === "dispatch" && frame.t === "message.update" && frame.d.redacted) {
      // What was deleted is not found any more.
      await engine.ask("forgetTexts", frame.d.room_id, [frame.d.id]).catch(() => undefined);
    }
    const isConnected = frame.op === "ready" || frame.op === "resumed";
    if (isConnected && isHeard) engine.tell("connected");
    if (frame.op !== "dispatch") return;
    const said = { t: frame.t, d: frame.d };
    if (isDeviceDispatch(said)) engine.tell(said);
  }

  #follow(engine: RemoteEngine): void {
    const look = (change: EngineChange | undefined) => {
      this.rooms.value = new Map(engine.rooms().map((room) => [room.roomId, room]));
      const verified = engine.rooms().filter((room) => room.trust === "verified");
      this.state.verified.value = new Set(verified.map((room) => room.roomId));
      if (change?.what === "keys" || change?.what === "closed") {
        this.#opener.again(change.eventIds);
      }
      if (change?.what === "user") {
        void this.beginnings.heard(change.userId).catch(() => undefined);
      }
      // What waited for the conversation to be ready goes out now.
      if (change?.what === "room") this.state.sendNow?.();
      // Another device, or another engine: what was refused may go now.
      if (change === undefined || change.what === "device") {
        this.beginnings.forget();
        this.#opener.againAll();
      }
      this.#touch();
    };
    look(undefined);
    engine.onChange(look);
    // So that nobody else can be slipped into a conversation of two.
    effect(() => {
      for (const dm of this.state.dms.value) {
        if (!dm.encrypted || this.#expected.has(dm.room_id)) continue;
        this.#expected.add(dm.room_id);
        const kind = dmKind(this.state.self.peek().user.id, dm);
        void engine.ask("expect", dm.room_id, kind).catch(() => this.#expected.delete(dm.room_id));
      }
    });
  }
}

/** Whether links that one writes somewhere may be shown with previews; in conversations always. */
function mayEmbed(
  state: ChatState,
  at: { readonly roomId: string; readonly channelId: string },
): boolean {
  const channel = state.known.guilds.flatMap((guild) => guild.channels)
    .find((each) => each.room_id === at.roomId && each.id === at.channelId);
  return channel === undefined || can(channel.permissions, "EMBED");
}
