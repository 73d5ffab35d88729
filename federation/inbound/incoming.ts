import type { PduResult } from "../../core/api/federation/send.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Door } from "../ports.ts";

/** An event on its way in, once its shape is known to be right. */
export interface Incoming {
  readonly event: HeldEvent;
  readonly door: Door;
  /** The server that handed it in. */
  readonly origin: ServerName;
  /** The keys that signed it validly. */
  readonly signedBy: readonly KeyName[];
}

/** How one event fared; `waiting` goes on by itself. */
export type Outcome = Required<Pick<PduResult, "outcome">> & Pick<PduResult, "reason">;

/** The reason given for an event that was stored before. */
export const HELD_ALREADY = "held already";

/** Whether the event is stored now, whatever its outcome. */
export function isStored({ outcome }: Pick<PduResult, "outcome">): boolean {
  return outcome !== "waiting" && outcome !== "dropped";
}

/** Whether an event was stored by this receipt. */
export function isNews(result: PduResult): boolean {
  return isStored(result) && result.reason !== HELD_ALREADY;
}
