import type { HeldEvent, Pdu } from "./event.ts";
import { keep } from "./keep.ts";

/**
 * An event without its content and salt: the same id, the same valid signatures, nothing left
 * to read. PROTOCOL.md 6.
 */
export function redactEvent<P extends Pdu>(event: HeldEvent<P>): HeldEvent<P> {
  const { salt: _gone, ...rest } = event.pdu;
  const { type, content } = event.pdu;
  const kept = keep({ type, content, timeline: "channel_id" in event.pdu });
  return { ...event, pdu: { ...rest, content: kept } as unknown as P, withheld: true };
}
