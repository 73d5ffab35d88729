import { sendMembership } from "../../core/api/federation/membership.ts";
import type { ControlEvent, HeldEvent } from "../../core/event/event.ts";
import { isControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { signEventHash } from "../../core/event/sign.ts";
import { OperationError } from "../../core/errors.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import { parseRoomId, type RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { holds } from "../../core/permissions/bits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ResidentRoom, ResidentRooms, Vouchers } from "../membership_ports.ts";
import { defineHandler, type Ingest, type KeyRing, type ServerSigner } from "../ports.ts";
import { signersOf } from "../verified_among.ts";
import { joinState } from "./join_state.ts";
import { notHere } from "./not_here.ts";

export interface SendMembershipDeps {
  readonly serverName: ServerName;
  readonly rooms: ResidentRooms;
  readonly vouchers: Vouchers;
  readonly ingest: Pick<Ingest, "ingest">;
  readonly keys: Pick<KeyRing, "proofs">;
  readonly signer: ServerSigner;
  readonly clock: Clock;
}

/** What a server may do in the name of its own user, without being in the room. */
const OWN_ACTS: ReadonlySet<unknown> = new Set(["join", "leave", "knock"]);

/**
 * Takes a signed join, leave or knock through the same door as every event. It counts once it
 * is accepted here: soft-failed is refused. PROTOCOL.md 9.
 */
export function sendMembershipHandler(deps: SendMembershipDeps) {
  return defineHandler({
    operation: sendMembership,
    async answer({ origin }, request) {
      const roomId = parseRoomId(request.room_id);
      const room = roomId === undefined ? undefined : await deps.rooms.resident(roomId);
      if (roomId === undefined || room === undefined) throw notHere();
      const event = readOwnAct(request.pdu, { roomId, origin });
      const pdu = await coSigned(deps, room, event);
      const [result] = await deps.ingest.ingest({ door: "send", origin, roomId, pdus: [pdu] });
      if (result?.outcome === "waiting") {
        throw new OperationError(
          "unavailable",
          `What ${event.id} cites is not held here yet; send it again in a moment.`,
          { details: { retry_after_ms: 2000 } },
        );
      }
      if (result?.outcome !== "accepted" || result.event_id !== event.id) throw notHere();
      return event.pdu.content["membership"] === "join"
        ? await joinAnswer(deps, { roomId, pdu, user: event.pdu.sender })
        : { ...NOTHING_MORE, pdu };
    },
  });
}

const NOTHING_MORE = {
  heads: [],
  state: [],
  channels: {},
  members: 0,
  control_events: 0,
  servers: [],
  keys: [],
};

/** The event, if it is one's own join, leave or knock by a user of the server that sent it. */
function readOwnAct(
  value: JsonValue,
  { roomId, origin }: { readonly roomId: RoomId; readonly origin: ServerName },
): ControlEvent {
  const parsed = parsePduValue(value, {
    roomId,
    requiredSigners: ({ origin_server: own }) => [own],
  });
  if (parsed.kind === "drop") throw notHere();
  const { event } = parsed;
  if (!isOwnAct(event) || serverOf(event.pdu.sender) !== origin) throw notHere();
  return event;
}

function isOwnAct(event: HeldEvent): event is ControlEvent {
  return isControlEvent(event) && event.pdu.type === "m.room.member" &&
    event.pdu.state_key === event.pdu.sender && OWN_ACTS.has(event.pdu.content["membership"]);
}

/**
 * A join that names one of ours as voucher gets our signature, once role and bans are looked at
 * in the guild's present state. Whatever is dated otherwise than now gets none.
 */
async function coSigned(
  deps: SendMembershipDeps,
  room: ResidentRoom,
  { pdu, hash }: ControlEvent,
): Promise<JsonValue> {
  const { membership, authorised_via: named } = pdu.content;
  const via = typeof named === "string" ? parseUserId(named) : undefined;
  if (via === undefined || serverOf(via) !== deps.serverName) return pdu as unknown as JsonValue;
  const nowMs = deps.clock.now();
  const allowed = membership === "join" &&
    Math.abs(pdu.origin_ts - nowMs) <= limits.receive.maxFutureMs &&
    holds(room.authority.base(via, nowMs), "CREATE_INVITE") &&
    await deps.vouchers.voucherFor(room, pdu.sender) !== undefined;
  if (!allowed) throw notHere();
  const signer = await deps.signer.current(nowMs);
  const signature = await signEventHash(hash, signer);
  return {
    ...pdu,
    signatures: {
      ...pdu.signatures,
      [deps.serverName]: { [signatureName(signer.keyId)]: signature },
    },
  } as unknown as JsonValue;
}

async function joinAnswer(
  deps: SendMembershipDeps,
  join: { readonly roomId: RoomId; readonly pdu: JsonValue; readonly user: UserId },
) {
  const room = await deps.rooms.resident(join.roomId);
  if (room === undefined) throw notHere();
  const { authority } = room;
  const state = joinState(authority, join.user);
  const [channels, controlEvents, keys] = await Promise.all([
    deps.rooms.channelHeads(join.roomId, readableBy(authority, join.user, deps.clock.now())),
    deps.rooms.countControl(join.roomId),
    deps.keys.proofs(signersOf(state)),
  ]);
  return {
    pdu: join.pdu,
    heads: room.heads.slice(0, limits.federation.maxHeadsPerGraph),
    state: state.map((event) => event.pdu as unknown as JsonValue),
    channels: Object.fromEntries(
      [...channels].map(([id, heads]) => [id, heads.slice(0, limits.federation.maxHeadsPerGraph)]),
    ),
    members: authority.joinedUsers().size,
    control_events: controlEvents,
    servers: [...authority.joinedServers()].slice(0, limits.federation.maxServersPerAnswer),
    keys: keys.slice(0, limits.federation.maxKeysPerAnswer),
  };
}

function readableBy(authority: Authority, user: UserId, nowMs: number): ChannelId[] {
  return [...authority.channels().keys()].filter((id) =>
    holds(authority.rights(user, id, nowMs), "VIEW_CHANNEL")
  );
}
