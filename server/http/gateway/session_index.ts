import { channelKey, type Session } from "./session.ts";
import type { Audience, Entitlement } from "./source.ts";

const NOBODY: ReadonlySet<Session> = new Set();

/** Sessions by everything an audience can name, so that an event costs only its readers. */
export class SessionIndex {
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #bySession = new Map<string, Set<Session>>();
  readonly #byRoom = new Map<string, Set<Session>>();
  readonly #byChannel = new Map<string, Set<Session>>();
  /** `room/user` of a watched member. */
  readonly #byMember = new Map<string, Set<Session>>();
  /** User watched in whichever room. */
  readonly #byWatched = new Map<string, Set<Session>>();
  readonly #all = new Set<Session>();

  get size(): number {
    return this.#all.size;
  }

  all(): ReadonlySet<Session> {
    return this.#all;
  }

  ofUser(userId: string): ReadonlySet<Session> {
    return this.#byUser.get(userId) ?? NOBODY;
  }

  ofSession(sessionId: string): ReadonlySet<Session> {
    return this.#bySession.get(sessionId) ?? NOBODY;
  }

  inRoom(roomId: string): ReadonlySet<Session> {
    return this.#byRoom.get(roomId) ?? NOBODY;
  }

  /** Sessions that watch the user's presence. */
  watching(userId: string): ReadonlySet<Session> {
    return this.#byWatched.get(userId) ?? NOBODY;
  }

  /** Readers of an audience; may name one twice where `users` does. */
  *readers(audience: Audience): Iterable<Session> {
    switch (audience.to) {
      case "channel":
        yield* this.#byChannel.get(channelKey(audience.roomId, audience.channelId)) ?? NOBODY;
        return;
      case "room":
        yield* this.inRoom(audience.roomId);
        return;
      case "users":
        for (const userId of audience.userIds) yield* this.ofUser(userId);
        return;
      case "member": {
        const own = this.ofUser(audience.userId);
        yield* own;
        const key = channelKey(audience.roomId, audience.userId);
        for (const session of this.#byMember.get(key) ?? NOBODY) {
          if (!own.has(session)) yield session;
        }
        return;
      }
      case "session":
        yield* this.ofSession(audience.sessionId);
    }
  }

  /** The set behind an audience where it is one set: the path of every message. */
  channelReaders(roomId: string, channelId: string): ReadonlySet<Session> {
    return this.#byChannel.get(channelKey(roomId, channelId)) ?? NOBODY;
  }

  add(session: Session): void {
    this.#all.add(session);
    put(this.#byUser, session.caller.userId, session);
    put(this.#bySession, session.caller.sessionId, session);
    for (const [roomId, channels] of session.rooms) {
      put(this.#byRoom, roomId, session);
      for (const key of channels) put(this.#byChannel, key, session);
    }
  }

  remove(session: Session): void {
    if (!this.#all.delete(session)) return;
    drop(this.#byUser, session.caller.userId, session);
    drop(this.#bySession, session.caller.sessionId, session);
    for (const roomId of session.rooms.keys()) drop(this.#byRoom, roomId, session);
    for (const key of session.channels) drop(this.#byChannel, key, session);
    for (const roomId of [...session.watched.keys()]) this.watch(session, roomId, []);
  }

  /** Brings one session's rights up to date, in the index too where it is in it. */
  entitle(session: Session, entitlement: Pick<Entitlement, "roomId" | "channelIds">): void {
    const { roomId, channelIds } = entitlement;
    const held = this.#all.has(session);
    const before = session.rooms.get(roomId) ?? [];
    const after = channelIds?.map((id) => channelKey(roomId, id)) ?? [];
    for (const key of before) {
      session.channels.delete(key);
      if (held) drop(this.#byChannel, key, session);
    }
    for (const key of after) {
      session.channels.add(key);
      if (held) put(this.#byChannel, key, session);
    }
    if (channelIds === null) {
      session.rooms.delete(roomId);
      if (held) drop(this.#byRoom, roomId, session);
      this.watch(session, roomId, []);
    } else {
      session.rooms.set(roomId, after);
      if (held) put(this.#byRoom, roomId, session);
    }
  }

  /** Replaces the members a session watches in a room. */
  watch(session: Session, roomId: string, userIds: readonly string[]): void {
    const before = session.watched.get(roomId) ?? new Set<string>();
    if (userIds.length === 0) session.watched.delete(roomId);
    else session.watched.set(roomId, new Set(userIds));
    for (const userId of before) {
      drop(this.#byMember, channelKey(roomId, userId), session);
      if (![...session.watched.values()].some((held) => held.has(userId))) {
        drop(this.#byWatched, userId, session);
      }
    }
    for (const userId of userIds) {
      put(this.#byMember, channelKey(roomId, userId), session);
      put(this.#byWatched, userId, session);
    }
  }
}

function put(index: Map<string, Set<Session>>, key: string, session: Session): void {
  const held = index.get(key);
  if (held === undefined) index.set(key, new Set([session]));
  else held.add(session);
}

function drop(index: Map<string, Set<Session>>, key: string, session: Session): void {
  const held = index.get(key);
  if (held === undefined) return;
  held.delete(session);
  if (held.size === 0) index.delete(key);
}
