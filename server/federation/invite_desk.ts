import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { writeCanonical } from "../../core/event/json_write.ts";
import { compareBytes } from "../../core/ids/compare_bytes.ts";
import { hashOfRoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { type RoomFacts, roomFacts } from "../../core/rules/room_facts.ts";
import type { InviteDesk, ReceivedInvite } from "../../federation/membership_ports.ts";
import { contentOf, textOf } from "../rooms/content.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { isFriend } from "../services/relationships/knows.ts";
import { findDmRoom } from "../services/dms/find_dm_room.ts";
import { takesDmsFrom } from "../services/dms/takes_dms.ts";
import {
  countReceivedInvites,
  findReceivedInvite,
  keepReceivedInvite,
  WAITING_PER_ORIGIN_MAX,
  WAITING_PER_USER_MAX,
} from "./received_invites.ts";
import { openResident } from "./resident_rooms.ts";

export type InviteDeskDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName"> & {
  readonly remote: Pick<RemoteRooms, "join" | "announceInvitation">;
};

/**
 * Keeps invites of other servers until their user answers. What does not fit, is for nobody
 * here, or is one too many is dropped without a word: refusal is silence. PROTOCOL.md 9 and 10.
 */
export class StoredInviteDesk implements InviteDesk {
  readonly #deps: InviteDeskDeps;

  constructor(deps: InviteDeskDeps) {
    this.#deps = deps;
  }

  async receive(invite: ReceivedInvite): Promise<void> {
    const { sql, clock, remote } = this.#deps;
    const { event, create, origin } = invite;
    const user = event.pdu.state_key as UserId;
    const facts = roomFacts(create);
    if (facts === undefined || !facts.federate || !await this.#isFor(user, facts, event)) return;
    // Where somebody of ours is in the room, the invite comes like every event of it.
    if (await openResident(this.#deps, event.roomId) !== undefined) return;
    const hidden = await this.#isKeptOut(user, facts, event);
    if (!await this.#hasRoom(user, { ...invite, hidden })) return;
    const expires = event.pdu.content["expires"];
    await keepReceivedInvite(sql, {
      user_id: user,
      room_id: event.roomId,
      event_id: event.id,
      sender: event.pdu.sender,
      origin,
      kind: facts.kind,
      received_ts: clock.now(),
      expires_ts: typeof expires === "number" ? expires : null,
      ...shownOf(invite),
      guild_id: facts.guild ?? null,
      servers: invite.servers,
      pdu: writeCanonical(event.pdu as unknown as JsonObject),
      hidden,
    });
    if (hidden) return;
    if (await this.#takeFriends(user, facts, event)) return;
    remote.announceInvitation(user, event.roomId);
    if (facts.kind === "dm") await this.#meetInOne(user, facts);
  }

  /**
   * A friend's first conversation needs no question. Where it cannot be
   * joined the question is put all the same. PROTOCOL.md 10.
   */
  async #takeFriends(user: UserId, facts: RoomFacts, { pdu, roomId }: ControlEvent) {
    if (facts.kind !== "dm" || !await isFriend(this.#deps.sql, user, pdu.sender)) return false;
    if (await findDmRoom(this.#deps, user, pdu.sender) !== undefined) return false;
    const { remote, log } = this.#deps;
    remote.join({ user, roomId, servers: [serverOf(pdu.sender)] }).catch((error) => {
      log.log("warn", "A friend's conversation could not be joined.", { room: roomId, error });
      remote.announceInvitation(user, roomId);
    });
    return true;
  }

  async #isFor(user: UserId, facts: RoomFacts, { pdu }: ControlEvent): Promise<boolean> {
    const fits = facts.kind !== "dm" ||
      (facts.users.includes(user) && facts.users.includes(pdu.sender) && pdu.sender !== user);
    if (!fits) return false;
    const rows = await this.#deps.sql`
      select 1 from users where user_id = ${user} and state <> 'deactivated'`;
    return rows.length > 0;
  }

  /** The user's settings keep such conversations out: the sender learns nothing of that. */
  async #isKeptOut(user: UserId, facts: RoomFacts, { pdu }: ControlEvent): Promise<boolean> {
    const isConversation = facts.kind === "dm" || facts.kind === "group_dm";
    if (!isConversation || await takesDmsFrom(this.#deps, user, pdu.sender)) return false;
    // Whoever has asked the sender for a conversation takes this one, whatever else they decided.
    const own = facts.kind === "dm" ? await findDmRoom(this.#deps, user, pdu.sender) : undefined;
    return own?.authority.isJoined(user) !== true;
  }

  async #hasRoom(
    user: UserId,
    { event, origin, hidden }: ReceivedInvite & { readonly hidden: boolean },
  ): Promise<boolean> {
    const { sql } = this.#deps;
    if (await findReceivedInvite(sql, user, event.roomId) !== undefined) return true;
    const waiting = await countReceivedInvites(sql, { user, origin, hidden });
    return waiting.user < WAITING_PER_USER_MAX && waiting.origin < WAITING_PER_ORIGIN_MAX;
  }

  /**
   * Two who open a conversation with each other at once have asked each other already: both meet
   * in the room with the smaller raw id. PROTOCOL.md 10.
   */
  async #meetInOne(user: UserId, facts: RoomFacts): Promise<void> {
    const { remote, log } = this.#deps;
    const other = facts.users.find((each) => each !== user);
    const own = other === undefined ? undefined : await findDmRoom(this.#deps, user, other);
    if (own === undefined || !own.authority.isJoined(user)) return;
    if (compareBytes(hashOfRoomId(facts.roomId), hashOfRoomId(own.id)) >= 0) return;
    const asked = await findReceivedInvite(this.#deps.sql, user, facts.roomId);
    if (asked === undefined) return;
    remote.join({ user, roomId: facts.roomId, servers: [asked.origin] }).catch((error) =>
      log.log("warn", "The other one's room of a conversation could not be joined.", { error })
    );
  }
}

/** Name and picture as the inviter's server tells them. */
function shownOf({ shown, create }: ReceivedInvite) {
  const meta = shown.find(({ pdu }) => pdu.type === "m.guild.meta") ??
    shown.find(({ pdu }) => pdu.type === "m.channel.meta");
  const content = contentOf(meta?.roomId === create.roomId ? meta : undefined);
  return { name: textOf(content, "name"), icon: textOf(content, "icon") };
}
