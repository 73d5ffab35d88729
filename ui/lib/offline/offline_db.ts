import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Message, MessagePage } from "../../../core/api/message.ts";
import type { ChatProps } from "../store/chat.ts";

/** Messages kept of a channel, the newest. */
export const KEPT_MESSAGES = 100;
/** Channels kept; the one not looked at for the longest time goes first. */
export const KEPT_CHANNELS = 30;

/** What the app starts from without a server: all it was drawn with but the messages. */
export type KeptApp = Omit<ChatProps, "place" | "page" | "members" | "formError">;

interface KeptChannel {
  /** As `placeKey` makes it. */
  readonly key: string;
  /** When it was last written (ms): the oldest gives way. */
  readonly ts: number;
  readonly messages: readonly Message[];
}

interface Schema extends DBSchema {
  app: { key: "app"; value: { readonly userId: string; readonly app: KeptApp } };
  channels: { key: string; value: KeptChannel; indexes: { ts: number } };
  /** Counts the times everything was cleared: a page of a session that ended writes no more. */
  sessions: { key: "ended"; value: number };
}

/** What was read here, for reading it without a connection. One account at a time. */
export class OfflineDb {
  readonly #db: IDBPDatabase<Schema>;
  readonly #session: number;

  private constructor(db: IDBPDatabase<Schema>, session: number) {
    this.#db = db;
    this.#session = session;
  }

  /** @throws where the browser keeps no databases */
  static async open(): Promise<OfflineDb> {
    const db = await openDB<Schema>("openguild-offline", 1, {
      upgrade(database) {
        database.createObjectStore("app");
        database.createObjectStore("channels", { keyPath: "key" }).createIndex("ts", "ts");
        database.createObjectStore("sessions");
      },
      blocking: (_held, _next, event) => (event.target as IDBDatabase).close(),
    });
    return new OfflineDb(db, await db.get("sessions", "ended") ?? 0);
  }

  close(): void {
    this.#db.close();
  }

  /** The app as it was last seen; undefined where nobody is signed in here. */
  async readApp(): Promise<KeptApp | undefined> {
    return (await this.#db.get("app", "app"))?.app;
  }

  /** Keeps the app, and forgets channels it does not show any more, or all of another account. */
  async keepApp(app: KeptApp, keys: ReadonlySet<string>): Promise<void> {
    const transaction = this.#db.transaction(["app", "channels", "sessions"], "readwrite");
    const [apps, channels] = [transaction.objectStore("app"), transaction.objectStore("channels")];
    if ((await transaction.objectStore("sessions").get("ended") ?? 0) === this.#session) {
      const userId = app.snapshot.self.user.id;
      const held = await apps.get("app");
      if (held && held.userId !== userId) await channels.clear();
      for (const key of await channels.getAllKeys()) {
        if (!keys.has(key)) await channels.delete(key);
      }
      await apps.put({ userId, app }, "app");
    }
    await transaction.done;
  }

  /** Keeps the newest messages of a channel of this account, oldest first. */
  async keepMessages(
    userId: string,
    channel: { readonly key: string; readonly ts: number; readonly messages: readonly Message[] },
  ): Promise<void> {
    const transaction = this.#db.transaction(["app", "channels", "sessions"], "readwrite");
    const channels = transaction.objectStore("channels");
    const [held, ended] = await Promise.all([
      transaction.objectStore("app").get("app"),
      transaction.objectStore("sessions").get("ended"),
    ]);
    if (held?.userId === userId && (ended ?? 0) === this.#session) {
      await channels.put({ ...channel, messages: channel.messages.slice(-KEPT_MESSAGES) });
      const byAge = await channels.index("ts").getAllKeys();
      for (const old of byAge.slice(0, Math.max(0, byAge.length - KEPT_CHANNELS))) {
        await channels.delete(old);
      }
    }
    await transaction.done;
  }

  /** The kept messages of a channel as a page that reaches the present. */
  async readMessages(key: string): Promise<MessagePage | undefined> {
    const held = await this.#db.get("channels", key);
    return held &&
      { messages: [...held.messages], has_before: false, has_after: false };
  }

  /** The session has ended: nothing of it stays, and its pages write no more. */
  async clear(): Promise<void> {
    const transaction = this.#db.transaction(["app", "channels", "sessions"], "readwrite");
    const sessions = transaction.objectStore("sessions");
    await Promise.all([
      transaction.objectStore("app").clear(),
      transaction.objectStore("channels").clear(),
      sessions.get("ended").then((ended) => sessions.put((ended ?? 0) + 1, "ended")),
    ]);
    await transaction.done;
  }
}

/** Clears what is kept, where anything can be. */
export async function clearOffline(): Promise<void> {
  const db = await OfflineDb.open();
  await db.clear();
  db.close();
}
