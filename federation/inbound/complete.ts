import type { HeldEvent, Signatures } from "../../core/event/event.ts";
import { isTimelineEvent } from "../../core/event/event.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import { limits } from "../../core/limits.ts";
import type { Incoming } from "./incoming.ts";
import type { Known } from "./ports.ts";
import type { RoomTurn } from "./room_turn.ts";

/**
 * Another copy of an event that is held: it may bring the content that the first one lacked, or
 * a newer signature, with which a soft-failed event can pass. PROTOCOL.md 6 and 8.
 */
export function complete(turn: RoomTurn, held: Known, { event, signedBy }: Incoming): void {
  if (held.outcome === "rejected") return;
  if (held.event.withheld && held.redactedBy === undefined && !event.withheld) {
    const signatures = joined(held.event, event, signedBy);
    turn.change(event.id, { event: { ...event, pdu: { ...event.pdu, signatures } } });
    if (held.outcome === "accepted" && isTimelineEvent(event)) turn.show(event.id);
    return;
  }
  if (held.outcome !== "soft_failed") return;
  const signatures = joined(held.event, event, signedBy);
  if (count(signatures) === count(held.event.pdu.signatures)) return;
  turn.resign({ ...held.event, pdu: { ...held.event.pdu, signatures } });
}

/** The held signatures and those of the copy that are valid, within the bound of an event. */
function joined(
  held: HeldEvent,
  copy: HeldEvent,
  signedBy: Incoming["signedBy"],
): Signatures {
  const all: Record<string, Record<string, string>> = {};
  let left = limits.event.maxSignatures;
  for (const [server, named] of Object.entries(held.pdu.signatures)) {
    all[server] = { ...named };
    left -= Object.keys(named).length;
  }
  for (const { server, keyId } of signedBy) {
    const name = signatureName(keyId);
    const value = copy.pdu.signatures[server]?.[name];
    if (value === undefined || all[server]?.[name] !== undefined || left-- <= 0) continue;
    all[server] = { ...all[server], [name]: value };
  }
  return all;
}

function count(signatures: Signatures): number {
  return Object.values(signatures).reduce((sum, named) => sum + Object.keys(named).length, 0);
}
