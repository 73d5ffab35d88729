import { signOwner, takeOwner } from "../../core/api/federation/owner.ts";
import { OperationError } from "../../core/errors.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import type { KeyId } from "../../core/ids/key_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { OwnerDesk, OwnerOfferKey } from "../../federation/membership_ports.ts";
import type { Transport } from "../../federation/ports.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { Room } from "../rooms/room.ts";
import { openResident } from "./resident_rooms.ts";
import { remoteFailure } from "./words.ts";

/** An offer that nobody took up ends after so long. */
const OFFER_MS = 30 * 86_400_000;
/** How long after a yes the second signature is given. */
const AGREED_MS = 5 * 60_000;
/** How long a hand-over that was signed here may be on its way. */
const SIGNED_MS = 60_000;
/** How long somebody who leaves waits for it. */
const ARRIVES_MS = 5000;
const ARRIVES_LOOK_MS = 50;
/** Offers to one user; the oldest go. */
const OFFERS_PER_USER_MAX = 50;

export interface OwnerOfferRow {
  readonly room_id: RoomId;
  readonly user_id: UserId;
  readonly offered_by: UserId;
  readonly created_ts: number;
}

type OfferDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "serverName"> & {
  readonly transport: Pick<Transport, "call">;
};

/** Offers of ownership across servers: made, kept, agreed to and carried out. PROTOCOL.md 5. */
export class OwnerOffers implements OwnerDesk {
  readonly #deps: OfferDeps;

  constructor(deps: OfferDeps) {
    this.#deps = deps;
  }

  /** Of one user, newest first. */
  async listFor(user: UserId): Promise<OwnerOfferRow[]> {
    const { sql, clock } = this.#deps;
    return await sql<OwnerOfferRow[]>`
      select room_id, user_id, offered_by, created_ts from owner_offers
      where user_id = ${user} and created_ts > ${clock.now() - OFFER_MS}
      order by created_ts desc limit ${OFFERS_PER_USER_MAX}`;
  }

  async keepOffer({ roomId, user, by }: OwnerOfferKey): Promise<void> {
    const { sql, clock } = this.#deps;
    await sql`
      insert into owner_offers (room_id, user_id, offered_by, created_ts)
      values (${roomId}, ${user}, ${by}, ${clock.now()})
      on conflict (room_id, user_id) do update
      set offered_by = excluded.offered_by, created_ts = excluded.created_ts, accepted_ts = null`;
    await sql`
      delete from owner_offers where user_id = ${user} and room_id not in (
        select room_id from owner_offers where user_id = ${user}
        order by created_ts desc limit ${OFFERS_PER_USER_MAX})`;
  }

  async hasAgreed({ roomId, user, by }: OwnerOfferKey): Promise<boolean> {
    const { sql, clock } = this.#deps;
    const rows = await sql`
      select 1 from owner_offers
      where room_id = ${roomId} and user_id = ${user} and offered_by = ${by}
        and accepted_ts > ${clock.now() - AGREED_MS}`;
    return rows.length > 0;
  }

  /** False where there was none. */
  async drop(roomId: RoomId, user: UserId): Promise<boolean> {
    const rows = await this.#deps.sql`
      delete from owner_offers where room_id = ${roomId} and user_id = ${user} returning room_id`;
    return rows.length > 0;
  }

  /** Our user says yes: the owner's server hands over. @throws OperationError */
  async accept(roomId: RoomId, user: UserId): Promise<void> {
    const { sql, clock, transport } = this.#deps;
    const [row] = await sql<OwnerOfferRow[]>`
      update owner_offers set accepted_ts = ${clock.now()}
      where room_id = ${roomId} and user_id = ${user}
        and created_ts > ${clock.now() - OFFER_MS} returning *`;
    if (row === undefined) {
      throw new OperationError("not_found", "This guild is not offered to you, or no longer.");
    }
    const server = serverOf(row.offered_by);
    try {
      await transport.call(server, takeOwner, { room_id: roomId, user });
    } catch (error) {
      throw remoteFailure(error, server);
    }
    await this.drop(roomId, user);
  }

  async handOver(roomId: RoomId, user: UserId): Promise<boolean> {
    const { sql, clock, serverName } = this.#deps;
    const [row] = await sql<OwnerOfferRow[]>`
      select * from owner_offers where room_id = ${roomId} and user_id = ${user}
        and created_ts > ${clock.now() - OFFER_MS}`;
    const room = await openResident(this.#deps, roomId);
    if (row === undefined || room === undefined) return false;
    const by = row.offered_by;
    if (serverOf(by) !== serverName) return false;
    const stands = await this.handOverNow(room, { by, heir: user });
    await this.drop(roomId, user);
    return stands;
  }

  async noteSigned(roomId: RoomId, user: UserId): Promise<void> {
    const { sql, clock } = this.#deps;
    const nowMs = clock.now();
    await sql`delete from signed_hand_overs where signed_ts <= ${nowMs - SIGNED_MS}`;
    await sql`
      insert into signed_hand_overs (room_id, user_id, signed_ts)
      values (${roomId}, ${user}, ${nowMs})
      on conflict (room_id, user_id) do update set signed_ts = excluded.signed_ts`;
  }

  /**
   * The room, once a hand-over to `user` that was signed here has come, or was waited for in vain:
   * whoever leaves before would leave without handing it over again, and nobody could after them.
   */
  async withSigned(room: Room, user: UserId): Promise<Room> {
    const { sql, clock, rooms } = this.#deps;
    const rows = await sql`
      delete from signed_hand_overs where room_id = ${room.id} and user_id = ${user}
        and signed_ts > ${clock.now() - SIGNED_MS} returning 1`;
    let now = room;
    for (let waited = 0; rows.length > 0 && waited < ARRIVES_MS; waited += ARRIVES_LOOK_MS) {
      if (now.authority.owner() === user) break;
      await clock.sleep(ARRIVES_LOOK_MS);
      now = await rooms.open(room.id) ?? now;
    }
    return now;
  }

  /**
   * Hands a room over, with the signature of the heir's server. False where `by` does not own it,
   * or the heir is not in it. @throws OperationError where that server does not sign
   */
  async handOverNow(
    room: Room,
    { by, heir }: { readonly by: UserId; readonly heir: UserId },
  ): Promise<boolean> {
    const isHere = serverOf(heir) === this.#deps.serverName;
    let stands = false;
    await this.#deps.sql`
      delete from signed_hand_overs where room_id = ${room.id} and user_id = ${by}`;
    await room.changeControl((authority) => {
      stands = authority.owner() === by && authority.isJoined(heir);
      return {
        intents: stands
          ? [{
            type: "m.guild.owner",
            sender: by,
            stateKey: "",
            content: { user: heir },
            ...(isHere ? {} : { coSign: (event) => this.#coSigned(event, heir) }),
          }]
          : [],
      };
    });
    return stands;
  }

  /** With the signature of the new owner's server, without which nobody takes the event. */
  async #coSigned(event: ControlEvent, heir: UserId): Promise<ControlEvent> {
    const server = serverOf(heir);
    const { key_id: keyId, signature } = await this.#deps.transport.call(server, signOwner, {
      room_id: event.roomId,
      pdu: event.pdu as unknown as JsonValue,
    }).catch((error) => {
      throw remoteFailure(error, server);
    });
    const pdu = {
      ...event.pdu,
      signatures: {
        ...event.pdu.signatures,
        [server]: { [signatureName(keyId as KeyId)]: signature },
      },
    };
    const parsed = parsePduValue(pdu as unknown as JsonValue, { roomId: event.roomId });
    if (parsed.kind === "event" && parsed.event.id === event.id) return { ...event, pdu };
    throw new OperationError("unavailable", `${server} gave a signature that is none.`);
  }
}
