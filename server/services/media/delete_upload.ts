import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { findStored, type MediaAddress, noSuchMedia } from "./find_visible_media.ts";
import type { MediaDeps } from "./media_deps.ts";
import { deleteMediaRows } from "./release_media.ts";

/** Deletes an own upload that nothing uses. Throws `not_found`, or `conflict` while it is used. */
export async function deleteUpload(
  deps: Pick<MediaDeps, "sql" | "serverName" | "clock" | "wakeJobs">,
  address: MediaAddress,
  owner: UserId,
): Promise<void> {
  const row = await findStored(deps, address);
  if (row?.owner !== owner) throw noSuchMedia(address);
  await deps.sql.begin(async (tx) => {
    await tx`select from media where media_id = ${row.media_id} for update`;
    const uses = await tx`select from media_uses where media_id = ${row.media_id} limit 1`;
    if (uses.length > 0) {
      throw new OperationError(
        "conflict",
        `${
          JSON.stringify(row.name)
        } is in use; delete the message or change the picture that uses it.`,
      );
    }
    await deleteMediaRows(tx, [row.media_id], deps.clock.now());
  });
  deps.wakeJobs();
}
