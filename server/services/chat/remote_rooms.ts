import type { z } from "zod";
import type { lookAtLink } from "../../../core/api/federation/membership.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Succession } from "../../../core/rules/succession.ts";
import type { Word } from "../../../core/rules/relationship.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";

/** A room of other servers that one of our users wants to be in. */
export interface RemoteJoin {
  readonly user: UserId;
  readonly roomId: RoomId;
  /** Who is asked, in this order. */
  readonly servers: readonly ServerName[];
  /** Nobody joins unless the room goes on from this one. */
  readonly successorOf?: Succession;
}

/** What services ask of other servers. Failures are OperationErrors in our own words. */
export interface RemoteRooms {
  /** @throws OperationError `not_found`, `gone`, `forbidden`, `rate_limited`, `unavailable` */
  look(server: ServerName, code: string): Promise<z.output<typeof lookAtLink.answer>>;
  /** @throws OperationError `not_found`, `gone`, `forbidden`, `rate_limited`, `unavailable` */
  redeem(
    server: ServerName,
    code: string,
    user: UserId,
  ): Promise<{ readonly room_id: RoomId; readonly channel_id: string | null }>;
  /**
   * Ends when the room can be read; its check may go on. @throws OperationError `forbidden`,
   * `not_found`, `conflict`, `unavailable`
   */
  join(join: RemoteJoin): Promise<void>;
  /** @throws OperationError `forbidden`, `not_found`, `unavailable` */
  knock(knock: RemoteJoin): Promise<void>;
  /** @throws OperationError `not_found` where the user's server knows nobody of that name */
  requireUser(user: UserId): Promise<void>;
  /** The name of the server that a link's address belongs to. @throws OperationError `unavailable` */
  serverAt(address: URL): Promise<ServerName>;
  /** Tells another server, for as long as it takes, what was stored in the same transaction. */
  tell(job: MembershipJob): TaggedRow;
  /** As `tell`, where nothing else is stored with it. */
  tellNow(job: MembershipJob): Promise<void>;
  /** As `tell`, in a transaction of the caller's, who wakes afterwards. */
  tellWithin(tx: Queryable, job: MembershipJob): Promise<void>;
  /** The user's devices look at an invitation again: it came, or was answered. */
  announceInvitation(user: UserId, roomId: RoomId): void;
  /** The user's devices look at a conversation again: closed, left, or back. */
  announceConversation(user: UserId, roomId: RoomId): void;
  /** `tell` has stored something: it need not wait for the next look. */
  wake(): void;
}

/** What must reach another server although nobody there may be in the room. */
export type MembershipJob = RoomJob | RelationshipJob | DeviceJob | ToDeviceJob | GroupJob;

export type RoomJob =
  & { readonly to: ServerName; readonly roomId: RoomId; readonly user: UserId }
  & (
    /** Our user's invite of one of theirs. */
    | { readonly kind: "invite" }
    /** Our user's "no" to an invite of theirs; a later one stands. */
    | { readonly kind: "leave"; readonly answers: EventId }
    /** Their user may come into a private channel of ours by a role of its guild. */
    | { readonly kind: "offer" }
    /** Our owner offers their user the room. */
    | { readonly kind: "owner" }
  );

/** What our user says to one of theirs about being friends. */
export interface RelationshipJob {
  readonly kind: "relationship";
  readonly to: ServerName;
  readonly from: UserId;
  readonly user: UserId;
  readonly word: Word;
}

/** Our user's identity or devices have changed. */
export interface DeviceJob {
  readonly kind: "devices";
  readonly to: ServerName;
  readonly user: UserId;
}

/** What a device of our user says to one of theirs. */
export interface ToDeviceJob {
  readonly kind: "to_device";
  readonly to: ServerName;
  readonly from: UserId;
  readonly user: UserId;
  /** `from_device`, `device`, `kind` and `body` of the EDU. */
  readonly message: Readonly<Record<string, string | null>>;
}

/** The group of a room that this server orders has changed. */
export interface GroupJob {
  readonly kind: "group";
  readonly to: ServerName;
  readonly roomId: RoomId;
}
