import { mediaIdOf, type MediaUri } from "../../../core/ids/media_uri.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import { claimMedia } from "./claim_media.ts";
import type { MediaUse } from "./media_use.ts";
import { releaseMedia } from "./release_media.ts";

/**
 * Makes one file the only one that this use has, or none: a changed avatar, icon or emoji. The
 * file it replaces goes, unless something else uses it. Answers how many files go.
 */
export async function replaceMediaUse(
  tx: Tx,
  change: {
    readonly serverName: ServerName;
    readonly use: MediaUse;
    readonly uri: MediaUri | null;
    readonly owner: UserId;
    readonly nowMs: number;
  },
): Promise<number> {
  const { uri, use, nowMs } = change;
  if (uri !== null && !await alreadyUsed(tx, uri, use)) {
    const { serverName, owner } = change;
    await claimMedia(tx, { serverName, owner, use, nowMs, uris: [uri] });
  }
  return await releaseMedia(tx, {
    kind: use.kind,
    subjects: [use.subject],
    nowMs,
    exceptIds: uri === null ? [] : [mediaIdOf(uri)],
  });
}

/** Saving a guild's settings must not need the icon's uploader. */
async function alreadyUsed(tx: Tx, uri: MediaUri, use: MediaUse): Promise<boolean> {
  const rows = await tx`
    select from media_uses
    where media_id = ${mediaIdOf(uri)} and kind = ${use.kind} and subject = ${use.subject}`;
  return rows.length > 0;
}
