import type { MediaUri } from "../../../core/ids/media_uri.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";

/** The guild behind an invite link, as anyone with the link may see it. */
export interface InvitedGuild {
  readonly id: string;
  readonly name: string;
  readonly icon: string | null;
  readonly description: string | null;
  readonly memberCount: number;
}

export interface InviteView {
  readonly guild: InvitedGuild;
  readonly expiresTs: number | null;
  /** How often the link may still be accepted; null: not counted. */
  readonly usesLeft: number | null;
  /** How often it may be accepted at all; null: not counted. */
  readonly maxUses: number | null;
  /** The link's author is of this server and holds CREATE_INVITE now. */
  readonly authorMayInvite: boolean;
}

/** What accounts must know of guild invite links. */
export interface InviteGate {
  /** The link as it is now; undefined where there is none, or it has ended. */
  look(code: string): Promise<InviteView | undefined>;
}

/** What must happen in guilds and conversations before an account can end. */
export interface DepartureGate {
  /** Names of guilds that would lose their owner; they must be handed over or deleted first. */
  ownedGuilds(userId: UserId): Promise<readonly string[]>;
  /** Leaves every guild and conversation. Safe to repeat. */
  leaveAll(userId: UserId): Promise<void>;
}

/** What accounts must know of mails: those that wait are in the database. */
export interface MailGate {
  /** Something waits to be sent. */
  wake(): void;
}

/** Keeps count of an uploaded picture's use as an avatar. */
export interface AvatarGate {
  /**
   * In the transaction that changes the profile: `uri` becomes the user's avatar instead of
   * `former`. Throws OperationError `invalid` unless the user uploaded it here and it is a picture.
   */
  replace(
    tx: Tx,
    change: { userId: UserId; uri: MediaUri | null; former: MediaUri | null },
  ): Promise<void>;
}
