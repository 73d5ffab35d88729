import type { JsonObject } from "../../../core/event/json.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";

/** An uploaded file about to become part of a message. */
export interface AttachedFile {
  /** Its entry in the message's `media`. */
  readonly content: JsonObject;
  /** The rows that keep it as long as the message is there. */
  use(at: {
    readonly roomId: RoomId;
    readonly channelId: ChannelId;
    readonly eventId: EventId;
  }): readonly TaggedRow[];
}

/** What messages need of media; `server/services/media` gives it. */
export interface MediaDesk {
  /** Throws `invalid` unless each was uploaded here by the user, and is there still. */
  attach(
    userId: UserId,
    media: readonly {
      readonly uri: string;
      readonly alt?: string | null | undefined;
      readonly spoiler?: boolean | undefined;
    }[],
    options?: {
      /** Only what is encrypted, and nothing said of it but where it is and what it hashes to. */
      readonly sealed?: boolean;
    },
  ): Promise<readonly AttachedFile[]>;
  /** Rows that end the uses of redacted events. */
  release(eventIds: readonly EventId[]): readonly TaggedRow[];
}
