import type { TokenScope } from "../../core/api/scopes.ts";
import type { UserId } from "../../core/ids/user_id.ts";

/** Who calls, as the credentials prove. */
export interface Caller {
  readonly userId: UserId;
  /** The session, or the personal access token by its id. */
  readonly sessionId: string;
  /** What the personal access token is good for; absent for sessions, which may do everything. */
  readonly scopes?: readonly TokenScope[];
  /** When that token ends (ms), and with it what it holds open; absent where nothing is set. */
  readonly endsTs?: number;
  /** Administrator of this server; with a token only where that has the scope `admin`. */
  readonly admin: boolean;
  /** A suspended account may read; of what changes something, only `whileSuspended`. */
  readonly suspended: boolean;
  /** Identity confirmed until (ms); null where it never was in this session. */
  readonly confirmedUntil: number | null;
}

/** What a request carries to prove who calls: never both at once. */
export interface Credentials {
  readonly bearer?: string;
  readonly cookie?: string;
}

/**
 * Answers who the credentials belong to; undefined where they prove nobody.
 * Throws `token_expired` or `account_locked` where that is why.
 */
export type Authenticate = (
  credentials: Credentials,
  /** Address of the visitor, for the list of sessions. */
  from?: { readonly address: string },
) => Promise<Caller | undefined>;
