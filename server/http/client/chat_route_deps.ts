import type { User } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TypingPlace } from "../../../federation/ports.ts";
import type { ChatDeps } from "../../services/chat/chat_deps.ts";
import type { OwnerOffers } from "../../federation/owner_offers.ts";
import type { RemoteRooms } from "../../services/chat/remote_rooms.ts";
import type { DestinationDeps } from "../../services/federation/destinations.ts";
import type { MediaDesk } from "../../services/messages/attachments.ts";
import type { PushDesk } from "../../services/push/push_devices.ts";
import type { MessageIndex } from "../../services/search/message_index.ts";
import type { RelationshipNotice } from "../../services/relationships/relationship_notice.ts";
import type { ThreadNotice } from "../../services/threads/thread_notice.ts";
import type { NotifyNotice } from "../../services/notify/notify_notice.ts";
import type { ReadNotice } from "../../services/reads/mark_read.ts";

export interface TypingNotice extends TypingPlace {
  readonly user: User;
}

/** What the routes of guilds, channels and messages need. */
export interface ChatRouteDeps extends ChatDeps {
  readonly media: MediaDesk;
  readonly messageIndex: MessageIndex;
  /** Absent where no devices are told. */
  readonly push: PushDesk | undefined;
  readonly remote: RemoteRooms;
  readonly owners: OwnerOffers;
  readonly destinations: DestinationDeps;
  /** A webhook looks different now. */
  readonly announceProfile: (userId: UserId) => void;
  readonly announceRead: (notice: ReadNotice) => void;
  readonly announceNotify: (notice: NotifyNotice) => void;
  readonly announceThread: (notice: ThreadNotice) => void;
  readonly announceRelationship: (notice: RelationshipNotice) => void;
  readonly announceTyping: (notice: TypingNotice) => void;
}
