import type { EventSigner } from "../../core/event/sign.ts";

/** Who signs for this server. PROTOCOL.md 8. */
export interface Signer {
  /**
   * The key of this process whose window holds `nowMs`; made where there is none. Sign an
   * event with the key that is current at its own `origin_ts`.
   */
  current(nowMs: number): Promise<EventSigner>;
}
