import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { describeMedia } from "./claim_media.ts";

/** A picture as events name it: with its hash every server shows the same. */
export interface Picture {
  readonly uri: MediaUri;
  /** base58 of the BLAKE3 of its bytes. */
  readonly blake3: string;
}

/**
 * An upload of the owner's as what it is to be. `field`: where the request named it.
 * @throws OperationError `invalid`
 */
export async function claimPicture(
  { sql, serverName }: Pick<ChatDeps, "sql" | "serverName">,
  { owner, raw, kind, field }: {
    readonly owner: UserId;
    readonly raw: string;
    readonly kind: "icon" | "avatar" | "emoji";
    readonly field: string;
  },
): Promise<Picture> {
  const uri = parseMediaUri(raw);
  if (uri === undefined) {
    throw new OperationError(
      "invalid",
      `The ${kind === "icon" ? kind : "picture"} ${
        JSON.stringify(raw.slice(0, 100))
      } is no mxc:// address; upload a picture first.`,
      { details: { field } },
    );
  }
  const [file] = await describeMedia(sql, { serverName, uris: [uri], owner, kind });
  assert(file !== undefined, "every file that is asked for is described");
  return { uri, blake3: file.blake3 };
}
