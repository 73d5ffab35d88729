import { effect } from "@preact/signals";
import type { Message } from "../../../core/api/message.ts";
import type { ChatState } from "../store/chat.ts";
import { isTalk, placeKey, refKey, type TalkPlace } from "../store/place.ts";
import { sealedForm } from "../store/sealed_form.ts";
import { callApi } from "./browser_api.ts";
import { KEPT_MESSAGES, type KeptApp, OfflineDb } from "../offline/offline_db.ts";

/** What is shown is kept when it has stood still for so long. */
const PAUSE_MS = 1500;
/** After that an older page is asked for again: what was deleted there goes here too. */
const OLDER_GOOD_MS = 10 * 60 * 1000;

function keptApp(state: ChatState): KeptApp {
  const { emojiUrl, publicUrlLocal, sourceUrl, abuseContact } = state.props;
  return {
    emojiUrl,
    publicUrlLocal,
    sourceUrl,
    abuseContact,
    kept: state.kept.value,
    nowMs: state.now.peek(),
    timeZone: state.timeZone.value,
    snapshot: {
      self: state.self.value,
      guilds: [...state.guilds.value],
      dms: [...state.dms.value],
      invitations: [...state.invitations.value],
      read_states: [...state.reads.value.values()],
      threads: [...state.threads.value.values()],
      notify: [...state.notify.value.values()],
      quiet: state.quiet.value,
      presences: {},
      // Who is in a call is nothing to be kept.
      voice: [],
      missed_calls: [...state.voice.missed.value],
      // No position: a start from here is followed by a whole snapshot of the server's.
      position: "",
      relationships: [...state.relationships.value.values()],
      server: state.server,
    },
  };
}

function readableKeys(app: KeptApp): Set<string> {
  const { guilds, dms } = app.snapshot;
  return new Set([
    ...guilds.flatMap((guild) =>
      guild.channels.map((channel) => refKey({ room_id: channel.room_id, channel_id: channel.id }))
    ),
    ...dms.map((dm) => refKey({ room_id: dm.room_id, channel_id: "main" })),
  ]);
}

/** Does the newest of each kind of work after a pause, one after the other. */
class Writer {
  readonly #waiting = new Map<string, () => Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  later(what: string, work: () => Promise<void>): void {
    this.#waiting.set(what, work);
    this.#timer ??= setTimeout(() => void this.now(), PAUSE_MS);
  }

  async now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const works = [...this.#waiting.values()];
    this.#waiting.clear();
    try {
      for (const work of works) await work();
    } catch {
      // No answer, or a full or closed database: what is kept is older, nothing else is lost.
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Fills up what the page holds of a channel to as much as is kept; asks again now and then. */
class OlderMessages {
  readonly #held = new Map<string, { first: string; at: number; messages: readonly Message[] }>();

  async before(place: TalkPlace, shown: readonly Message[]): Promise<readonly Message[]> {
    const key = placeKey(place);
    const first = shown[0]?.id ?? "";
    const missing = KEPT_MESSAGES - shown.length;
    if (missing <= 0) return [];
    const held = this.#held.get(key);
    if (held?.first === first && Date.now() - held.at < OLDER_GOOD_MS) return held.messages;
    const { messages } = await callApi("listMessages", {
      params: { room_id: place.roomId },
      query: { channel_id: place.channelId, limit: missing, before: first },
    });
    this.#held.set(key, { first, at: Date.now(), messages });
    return messages;
  }
}

/** Keeps the app and the messages of the open channel for reading them without a connection. */
export async function keepOffline(state: ChatState): Promise<() => void> {
  const db = await OfflineDb.open();
  const writer = new Writer();
  const older = new OlderMessages();
  const endings = [
    effect(() => {
      const app = keptApp(state);
      writer.later("app", () => db.keepApp(app, readableKeys(app)));
    }),
    effect(() => {
      const place = state.place.value;
      if (!isTalk(place)) return;
      const key = placeKey(place);
      const { messages, hasAfter, hasBefore, loading } = state.windowOf(key).value;
      // What does not reach the present is not the newest; what is empty may not be loaded yet.
      if (hasAfter || loading !== "none" || messages.length === 0) return;
      const userId = state.self.peek().user.id;
      writer.later(key, async () => {
        const before = hasBefore ? await older.before(place, messages) : [];
        // What was encrypted stays so here too: the archive of this device opens it again.
        const kept = [...before, ...messages].map((message) =>
          message.sealed || message.sealed_reactions ? sealedForm(message) : message
        );
        await db.keepMessages(userId, { key, ts: Date.now(), messages: kept });
      });
    }),
  ];
  const hidden = () => void (document.visibilityState === "hidden" && writer.now());
  document.addEventListener("visibilitychange", hidden);
  return () => {
    for (const end of endings) end();
    document.removeEventListener("visibilitychange", hidden);
    writer.stop();
    db.close();
  };
}
