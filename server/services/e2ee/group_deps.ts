import type { Bus } from "../../../core/ports/bus.ts";
import type { KeyRing } from "../../../federation/ports.ts";
import type { Signer } from "../../keys/signer.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { GroupsElsewhere } from "./groups_elsewhere.ts";

/** What the delivery of encrypted groups needs; each service takes a `Pick`. */
export interface GroupDeps extends
  Pick<
    ChatDeps,
    "sql" | "rooms" | "clock" | "rng" | "log" | "throttle" | "serverName"
  > {
  readonly bus: Bus;
  /** Signs receipts. */
  readonly signer: Signer;
  /** Keys of servers, as far as they are held. */
  readonly keys: Pick<KeyRing, "find">;
  readonly elsewhere: GroupsElsewhere;
}
