import type { Clock } from "../../core/ports/clock.ts";
import type { KeyRing } from "../ports.ts";
import type { RoomReader } from "./ports.ts";

/** What handlers need that read rooms for other servers. */
export interface ReadDeps {
  readonly rooms: RoomReader;
  readonly keys: Pick<KeyRing, "proofs">;
  readonly clock: Pick<Clock, "now">;
}
