import type { ChatDeps } from "../chat/chat_deps.ts";
import type { VoiceBoard } from "../../http/gateway/voice_board.ts";
import type { CallsElsewhere } from "./calls_elsewhere.ts";
import type { Calls } from "./calls.ts";

/** What the services of calls need; each takes a `Pick`. */
export interface VoiceDeps extends
  Pick<
    ChatDeps,
    "sql" | "rooms" | "users" | "clock" | "rng" | "log" | "throttle" | "serverName"
  > {
  readonly calls: Calls;
  readonly board: VoiceBoard;
  readonly elsewhere: CallsElsewhere;
}
