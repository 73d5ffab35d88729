import type { MediaPurpose } from "../../../core/api/media.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { MediaDeps } from "./media_deps.ts";
import { newMediaId } from "./media_row.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";
import { UNKNOWN_TYPE } from "./sniff_type.ts";

export interface Reservation {
  readonly mediaId: string;
  readonly blobPrefix: string;
}

/**
 * Writes down that an upload begins, with the bytes it announced: they count against the quota
 * from now on, and whatever a crash leaves of it is found by its expiry.
 */
export async function reserveUpload(
  deps: Pick<MediaDeps, "sql" | "clock" | "rng" | "settings">,
  upload: {
    owner: UserId;
    name: string;
    purpose: MediaPurpose;
    size: number;
    sealed: boolean;
  },
): Promise<Reservation> {
  const { owner, name, purpose, size, sealed } = upload;
  const reservation = newMediaId(deps.rng.bytes(16));
  const now = deps.clock.now();
  const quota = deps.settings.userQuota;
  await deps.sql.begin(async (tx) => {
    await tx`
      insert into media (media_id, owner, state, purpose, name, type, size, sealed, blob_prefix,
        created_ts, expires_ts)
      values (${reservation.mediaId}, ${owner}, 'uploading', ${purpose}, ${name}, ${UNKNOWN_TYPE},
        ${size}, ${sealed}, ${reservation.blobPrefix}, ${now}, ${
      now + MEDIA_LIMITS.uploadTimeoutMs
    })`;
    // The trigger has locked this row: two uploads at once cannot both fit into the last bytes.
    const [sum] = await tx<{ bytes: number }[]>`
      select bytes from media_owners where owner = ${owner}`;
    if (quota > 0 && (sum?.bytes ?? 0) > quota) {
      const used = (sum?.bytes ?? 0) - size;
      throw new OperationError(
        "limit_reached",
        `${JSON.stringify(name)} has ${size} bytes, and of your ${quota} bytes of storage ` +
          `${used} are used; delete what you no longer need.`,
        { details: { quota_bytes: quota, used_bytes: used, size } },
      );
    }
    const [unused] = await tx<{ count: number }[]>`
      select count(*)::int as count from media where owner = ${owner} and expires_ts is not null`;
    if ((unused?.count ?? 0) > MEDIA_LIMITS.maxUnusedPerUser) {
      throw new OperationError(
        "limit_reached",
        `You have ${MEDIA_LIMITS.maxUnusedPerUser} uploads that nothing uses; send or delete some.`,
      );
    }
  });
  return reservation;
}
