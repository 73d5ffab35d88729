import { sendInvite } from "../../core/api/federation/membership.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import { isControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { parseRoomId, type RoomId } from "../../core/ids/room_id.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf } from "../../core/ids/user_id.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import type { KeyProof } from "../../core/api/federation/shapes.ts";
import type { InviteDesk } from "../membership_ports.ts";
import { defineHandler, type KeyRing } from "../ports.ts";
import { verifiedAmong } from "../verified_among.ts";
import { notHere } from "./not_here.ts";

export interface InviteHandlerDeps {
  readonly serverName: ServerName;
  readonly keys: Pick<KeyRing, "obtain">;
  readonly verifier: SignatureVerifier;
  readonly desk: InviteDesk;
}

/**
 * Takes an invite of one of our users by a user of the asking server. Nothing is signed for it:
 * the user answers with a join or a leave of their own. PROTOCOL.md 9.
 */
export function inviteHandler(deps: InviteHandlerDeps) {
  return defineHandler({
    operation: sendInvite,
    async answer({ origin }, request) {
      const roomId = parseRoomId(request.room_id);
      if (roomId === undefined) throw notHere();
      const invite = readInvite(request.pdu, { roomId, origin, here: deps.serverName });
      const state = request.state.flatMap((value) => readState(value, roomId));
      const [create] = state;
      if (create?.pdu.type !== "m.room.create" || roomFacts(create) === undefined) throw notHere();
      const servers = request.servers.map(parseServerName).filter((name) => name !== undefined);
      const good = await verify(deps, {
        events: [invite, ...state],
        keys: request.keys,
        origin,
        servers,
      });
      if (!good.has(invite.id) || !good.has(create.id)) throw notHere();
      await deps.desk.receive({
        origin,
        event: invite,
        create,
        servers,
        shown: state.slice(1).filter((event) => good.has(event.id)),
      });
      return {};
    },
  });
}

async function verify(
  deps: InviteHandlerDeps,
  input: {
    readonly events: readonly ControlEvent[];
    readonly keys: readonly KeyProof[];
    readonly origin: ServerName;
    /** Those that the asker names as being in the room. */
    readonly servers: readonly ServerName[];
  },
) {
  const { origin, servers } = input;
  const residents = { servers: [origin, ...servers], holdAll: true, forNow: true };
  const { verified } = await verifiedAmong(deps, input.events, {
    proofs: input.keys,
    ask: [origin],
    residents: () => Promise.resolve(residents),
  });
  return new Set(verified.map((event) => event.id));
}

function readInvite(
  value: JsonValue,
  at: { readonly roomId: RoomId; readonly origin: ServerName; readonly here: ServerName },
): ControlEvent {
  const [event] = readState(value, at.roomId);
  if (event?.pdu.type !== "m.room.member") throw notHere();
  const { sender, state_key: key, content } = event.pdu;
  const target = parseUserId(key ?? "");
  const fits = content["membership"] === "invite" && serverOf(sender) === at.origin &&
    target !== undefined && serverOf(target) === at.here;
  if (!fits) throw notHere();
  return event;
}

function readState(value: JsonValue, roomId: RoomId): ControlEvent[] {
  const parsed = parsePduValue(value, { roomId });
  return parsed.kind === "event" && isControlEvent(parsed.event) ? [parsed.event] : [];
}
