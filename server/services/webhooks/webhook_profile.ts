import { OperationError } from "../../../core/errors.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import { cleanProfileText } from "../accounts/profile_text.ts";
import { describeMedia } from "../media/claim_media.ts";
import { replaceMediaUse } from "../media/replace_media_use.ts";
import type { WebhookDeps } from "./webhook_deps.ts";

/** A webhook's name as it is shown. @throws OperationError `invalid` where nothing is left of it */
export function cleanName(typed: string): string {
  const name = cleanProfileText("display_name", typed);
  if (name !== null) return name;
  throw new OperationError(
    "invalid",
    "The webhook's name is empty: give it one that can be seen.",
    {
      details: { field: "name" },
    },
  );
}

/** Stores how a webhook looks. `owner`: whose upload the picture must be, where it is a new one. */
export async function setProfile(
  tx: Tx,
  deps: Pick<WebhookDeps, "serverName" | "clock">,
  profile: {
    readonly hook: UserId;
    readonly owner: UserId;
    readonly name: string | null;
    readonly avatar: string | null;
  },
): Promise<void> {
  const { hook, owner, name } = profile;
  const nowMs = deps.clock.now();
  const uri = profile.avatar === null ? null : requireUri(profile.avatar);
  const use = { kind: "avatar", subject: hook } as const;
  await replaceMediaUse(tx, { serverName: deps.serverName, use, uri, owner, nowMs });
  await tx`
    insert into profiles (user_id, display_name, avatar, updated_ts)
    values (${hook}, ${name}, ${uri}, ${nowMs})
    on conflict (user_id) do update set display_name = excluded.display_name,
      avatar = excluded.avatar, updated_ts = excluded.updated_ts`;
}

/** Looks whether a webhook may show this upload. @throws OperationError `invalid` */
export async function requirePicture(
  { sql, serverName }: Pick<WebhookDeps, "sql" | "serverName">,
  owner: UserId,
  avatar: string,
): Promise<void> {
  await describeMedia(sql, { serverName, uris: [requireUri(avatar)], owner, kind: "avatar" });
}

function requireUri(text: string): MediaUri {
  const uri = parseMediaUri(text);
  if (uri !== undefined) return uri;
  throw new OperationError(
    "invalid",
    `The picture ${JSON.stringify(text.slice(0, 100))} is not the mxc:// address of an upload.`,
    { details: { field: "avatar" } },
  );
}
