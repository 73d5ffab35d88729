import type { Signer } from "../../keys/signer.ts";
import type { RemoteProfileDesk } from "../../services/accounts/users.ts";
import type { AccountDeps } from "../../services/accounts/deps.ts";

/** What the routes of accounts and administration need beside the account services. */
export interface AccountHttpDeps extends AccountDeps {
  readonly trial: boolean;
  readonly version: string;
  /** Where this server's source can be had (AGPL section 13). */
  readonly sourceUrl: string;
  readonly signer: Signer & { recheck(): void };
  /** The data folder whose private keys this process has. */
  readonly keyHolder: string;
  /** There is an erasure to carry out. */
  readonly wakeErasures: () => void;
  /** Absent where this server speaks with no other. */
  readonly remoteProfiles?: RemoteProfileDesk;
}
