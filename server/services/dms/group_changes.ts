import type { GroupChange } from "../../../core/api/group_dms.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import { textOf } from "../../rooms/content.ts";

/** Events of a group conversation that people are told of. */
export const TOLD_TYPES = ["m.room.create", "m.room.member", "m.guild.meta", "m.guild.owner"];

/** Who comes so soon after the invite was let in by their server: one line says both (ms). */
const LET_IN_WITHIN_MS = 10_000;

/** A control event as far as it tells something. */
export interface ToldEvent {
  readonly eventId: string;
  readonly type: string;
  readonly stateKey: string | undefined;
  readonly sender: UserId;
  readonly originTs: number;
  /** Undefined once it was redacted. */
  readonly content: JsonObject | undefined;
}

export interface ToldChange extends Pick<GroupChange, "id" | "ts" | "kind" | "name"> {
  readonly by: UserId;
  readonly user: UserId | null;
}

interface Person {
  readonly in: boolean;
  /** Where the line of their standing invite is, and when that was sent. */
  readonly invite?: { readonly at: number; readonly ts: number };
}

/**
 * What a reader is told of who came and went and of names and pictures. `events`: in the order in
 * which they happened; where the first is not the room's own, what came before is not known.
 * `joinedOnly`: nothing but of the time in which the reader was in it, as of what was said.
 */
export function groupChanges(
  events: readonly ToldEvent[],
  reader: { readonly userId: UserId; readonly joinedOnly: boolean },
): ToldChange[] {
  const told = new Teller(events, reader);
  for (const event of events) told.take(event);
  return told.changes.filter((change) => change !== undefined);
}

function isJoinOf(event: ToldEvent | undefined, user: UserId): boolean {
  return event?.type === "m.room.member" && event.stateKey === user &&
    event.content?.["membership"] === "join";
}

class Teller {
  readonly changes: (ToldChange | undefined)[] = [];
  readonly #people = new Map<UserId, Person>();
  readonly #reader: { readonly userId: UserId; readonly joinedOnly: boolean };
  /** What the conversation began with is no change of it: all of that bears one time. */
  readonly #bornTs: number | undefined;
  #meta: JsonObject | undefined;

  constructor(
    [first, ...rest]: readonly ToldEvent[],
    reader: { readonly userId: UserId; readonly joinedOnly: boolean },
  ) {
    this.#reader = reader;
    this.#bornTs = first?.type === "m.room.create" ? first.originTs : undefined;
    if (this.#bornTs !== undefined) this.#meta = {};
    // Of one who came before all that is looked at, nothing says so.
    const isLater = [first, ...rest].some((event) => isJoinOf(event, reader.userId));
    if (!isLater) this.#people.set(reader.userId, { in: true });
  }

  take(event: ToldEvent): void {
    if (event.type === "m.room.member") return this.#takeMember(event);
    if (event.type === "m.guild.meta") return this.#takeMeta(event);
    if (event.type !== "m.guild.owner") return;
    const user = parseUserId(textOf(event.content, "user") ?? "");
    if (user !== undefined) this.#tell(event, { kind: "owner", user });
  }

  #takeMember(event: ToldEvent): void {
    const user = parseUserId(event.stateKey ?? "");
    if (user === undefined) return;
    const before = this.#people.get(user);
    switch (event.content?.["membership"]) {
      case "invite":
        if (before?.in) return;
        this.#people.set(user, {
          in: false,
          invite: { at: this.#tell(event, { kind: "invited", user }), ts: event.originTs },
        });
        return;
      case "join":
        if (before?.in) return;
        this.#people.set(user, { in: true });
        this.#tellJoin(event, user, before?.invite);
        return;
      case "leave":
      case "ban":
        // An invite that was declined or taken back concerns nobody any more.
        if (before?.invite === undefined) {
          this.#tell(event, { kind: event.sender === user ? "left" : "removed", user });
        }
        this.#people.set(user, { in: false });
    }
  }

  #tellJoin(event: ToldEvent, user: UserId, invite: Person["invite"]): void {
    const invited = invite === undefined ? undefined : this.changes[invite.at];
    if (invite !== undefined && event.originTs - invite.ts <= LET_IN_WITHIN_MS) {
      if (invited !== undefined) this.changes[invite.at] = { ...invited, kind: "added" };
      // The reader has come between the two.
      else if (invite.ts !== this.#bornTs) this.#tell(event, { kind: "joined", user });
      return;
    }
    this.#tell(event, { kind: "joined", user });
  }

  #takeMeta(event: ToldEvent): void {
    const before = this.#meta;
    this.#meta = event.content;
    if (before === undefined || event.content === undefined) return;
    const name = textOf(event.content, "name");
    if (name !== textOf(before, "name")) this.#tell(event, { kind: "renamed", name });
    if (textOf(event.content, "icon") !== textOf(before, "icon")) {
      this.#tell(event, { kind: "pictured" });
    }
  }

  /** Answers where the line stands among all; one that is not for the reader is left out there. */
  #tell(
    event: ToldEvent,
    { kind, user = null, name = null }:
      & Pick<ToldChange, "kind">
      & Partial<Pick<ToldChange, "user" | "name">>,
  ): number {
    const { userId, joinedOnly } = this.#reader;
    const concerns = user === userId || this.#people.get(userId)?.in === true;
    const isTold = event.originTs !== this.#bornTs && (concerns || !joinedOnly);
    this.changes.push(
      isTold
        ? { id: event.eventId, ts: event.originTs, kind, by: event.sender, user, name }
        : undefined,
    );
    return this.changes.length - 1;
  }
}
