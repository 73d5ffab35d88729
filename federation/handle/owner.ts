import { offerOwner, signOwner, takeOwner } from "../../core/api/federation/owner.ts";
import { type ControlEvent, isControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { signEventHash } from "../../core/event/sign.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { parseRoomId, type RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { OwnerDesk, ResidentRooms } from "../membership_ports.ts";
import { defineHandler, type KeyRing, type ServerSigner } from "../ports.ts";
import { verifiedAmong } from "../verified_among.ts";
import { notHere } from "./not_here.ts";

export interface OwnerHandlerDeps {
  readonly serverName: ServerName;
  readonly rooms: Pick<ResidentRooms, "resident">;
  readonly owners: OwnerDesk;
  readonly keys: Pick<KeyRing, "obtain">;
  readonly verifier: SignatureVerifier;
  readonly signer: ServerSigner;
  readonly clock: Clock;
}

/** Takes offers of rooms by their present owner, for members of this server. PROTOCOL.md 5. */
export function offerOwnerHandler(deps: OwnerHandlerDeps) {
  return defineHandler({
    operation: offerOwner,
    async answer({ origin }, request) {
      const roomId = parseRoomId(request.room_id);
      const user = parseUserId(request.user);
      const by = parseUserId(request.by);
      if (roomId === undefined || user === undefined || by === undefined) throw notHere();
      if (serverOf(user) !== deps.serverName || serverOf(by) !== origin) throw notHere();
      const room = await deps.rooms.resident(roomId);
      if (room?.authority.owner() !== by || !room.authority.isJoined(user)) throw notHere();
      await deps.owners.keepOffer({ roomId, user, by });
      return {};
    },
  });
}

/** Hands a room over to a user of the asking server who has said yes. */
export function takeOwnerHandler(deps: Pick<OwnerHandlerDeps, "owners">) {
  return defineHandler({
    operation: takeOwner,
    async answer({ origin }, request) {
      const roomId = parseRoomId(request.room_id);
      const user = parseUserId(request.user);
      if (roomId === undefined || user === undefined || serverOf(user) !== origin) throw notHere();
      if (!await deps.owners.handOver(roomId, user)) throw notHere();
      return {};
    },
  });
}

/**
 * Signs a hand-over to one of ours: an owner event that names just that user, by the present
 * owner, dated now, to whom our user has said yes a moment ago; of a group DM at once. Every field
 * is looked at.
 */
export function signOwnerHandler(deps: OwnerHandlerDeps) {
  return defineHandler({
    operation: signOwner,
    async answer({ origin }, request) {
      const roomId = parseRoomId(request.room_id);
      if (roomId === undefined) throw notHere();
      const event = readHandOver(request.pdu, { roomId, origin });
      const heir = event === undefined ? undefined : heirOf(event);
      if (event === undefined || heir === undefined || serverOf(heir) !== deps.serverName) {
        throw notHere();
      }
      const nowMs = deps.clock.now();
      const isNow = Math.abs(event.pdu.origin_ts - nowMs) <= limits.receive.maxFutureMs;
      const room = await deps.rooms.resident(roomId);
      const stands = room?.authority.owner() === event.pdu.sender &&
        room.authority.isJoined(heir);
      if (!isNow || !stands) throw notHere();
      // Whoever is in a group DM takes it over unasked: it brings rights, and nothing to answer for.
      const isUnasked = room?.authority.room.kind === "group_dm";
      const offer = { roomId, user: heir, by: event.pdu.sender };
      if (!isUnasked && !await deps.owners.hasAgreed(offer)) throw notHere();
      await requireSigned(deps, event, origin);
      if (isUnasked) await deps.owners.noteSigned(roomId, heir);
      const signer = await deps.signer.current(nowMs);
      return { key_id: signer.keyId, signature: await signEventHash(event.hash, signer) };
    },
  });
}

function readHandOver(
  value: JsonValue,
  { roomId, origin }: { readonly roomId: RoomId; readonly origin: ServerName },
): ControlEvent | undefined {
  const parsed = parsePduValue(value, {
    roomId,
    requiredSigners: ({ origin_server: own }) => [own],
  });
  if (parsed.kind === "drop" || !isControlEvent(parsed.event)) return undefined;
  const { event } = parsed;
  const fits = event.pdu.type === "m.guild.owner" && serverOf(event.pdu.sender) === origin;
  return fits ? event : undefined;
}

function heirOf({ pdu }: ControlEvent): UserId | undefined {
  const { user, ...more } = pdu.content;
  if (Object.keys(more).length > 0) return undefined;
  return typeof user === "string" ? parseUserId(user) : undefined;
}

async function requireSigned(
  deps: OwnerHandlerDeps,
  event: ControlEvent,
  origin: ServerName,
): Promise<void> {
  const { pdu } = event;
  // Our own signature is what is asked for: without the content only the owner's is looked for.
  const own = { ...event, pdu: { ...pdu, content: {} } };
  const { verified } = await verifiedAmong(deps, [own], { ask: [origin] });
  if (verified.length === 0) throw notHere();
}
