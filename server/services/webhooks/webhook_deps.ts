import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { MediaDesk } from "../messages/attachments.ts";

/** What webhooks need beside the chat's services. */
export interface WebhookDeps extends ChatDeps {
  readonly media: MediaDesk;
  /** A webhook looks different now: every process and whoever sees it is told. */
  readonly announceProfile: (userId: UserId) => void;
}
