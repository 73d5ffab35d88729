import type { authorise } from "../auth/authorise.ts";
import type { authTypes } from "../auth/auth_types.ts";
import type { keep } from "../event/keep.ts";
import type { resolve } from "../state/resolve.ts";

/**
 * What a room version fixes. A later version is the former record plus a difference; logic asks
 * the record and never compares versions. PROTOCOL.md 2 (`create.room_version`).
 */
export interface RoomVersion {
  readonly id: string;
  readonly keep: typeof keep;
  readonly authTypes: typeof authTypes;
  readonly authorise: typeof authorise;
  readonly resolve: typeof resolve;
}
