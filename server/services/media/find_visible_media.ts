import { OperationError } from "../../../core/errors.ts";
import { parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { MediaDeps } from "./media_deps.ts";
import type { MediaRow } from "./media_row.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";
import { type MediaUseRow, useFromRow } from "./media_use.ts";
import { maySeeUse, type MediaVisibility } from "./media_visibility.ts";

export interface MediaAddress {
  readonly server: string;
  readonly mediaId: string;
}

/**
 * A file that the caller may see: through one of its uses, or as the uploader of one that has
 * none yet. Throws `not_found`, in the same words for what is absent and what is not theirs.
 */
export async function findVisibleMedia(
  deps: Pick<MediaDeps, "sql" | "serverName" | "clock"> & { readonly visibility: MediaVisibility },
  address: MediaAddress,
  caller: UserId | undefined,
): Promise<MediaRow> {
  const row = await findStored(deps, address);
  if (row !== undefined && await maySee(deps, row, caller)) return row;
  throw noSuchMedia(address);
}

export function noSuchMedia({ server, mediaId }: MediaAddress): OperationError {
  const uri = JSON.stringify(`mxc://${server}/${mediaId}`);
  return new OperationError("not_found", `There is no file ${uri} that you may see.`);
}

/** By address alone, whoever asks; not what is due to be deleted. */
export async function findStored(
  deps: Pick<MediaDeps, "sql" | "serverName" | "clock">,
  { server, mediaId }: MediaAddress,
): Promise<MediaRow | undefined> {
  if (server !== deps.serverName) return undefined;
  if (parseMediaUri(`mxc://${server}/${mediaId}`) === undefined) return undefined;
  const [row] = await deps.sql<MediaRow[]>`
    select * from media
    where media_id = ${mediaId} and state = 'stored'
      and (expires_ts is null or expires_ts > ${deps.clock.now()})`;
  return row;
}

async function maySee(
  deps: Pick<MediaDeps, "sql"> & { readonly visibility: MediaVisibility },
  row: MediaRow,
  caller: UserId | undefined,
): Promise<boolean> {
  const uses = await deps.sql<MediaUseRow[]>`
    select kind, subject, room_id, channel_id from media_uses where media_id = ${row.media_id}
    order by created_ts desc limit ${MEDIA_LIMITS.maxUsesChecked}`;
  if (uses.length === 0) return row.owner === caller;
  for (const use of uses) {
    if (await maySeeUse(deps.visibility, useFromRow(use), caller)) return true;
  }
  return false;
}
