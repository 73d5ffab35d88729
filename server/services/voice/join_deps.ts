import type { RemoteRooms } from "../chat/remote_rooms.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import type { VoiceWatch } from "./voice_watch.ts";

/** What else it takes to come in, or to decide about others. */
export interface JoinDeps extends VoiceDeps {
  readonly watch: VoiceWatch;
  /** Whether this process is the one that holds the server's calls; it becomes so where none is. */
  readonly claimCalls: () => Promise<boolean>;
  readonly announceConversation: RemoteRooms["announceConversation"];
}
