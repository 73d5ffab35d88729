import { OperationError } from "../../../core/errors.ts";
import { type KeyId, parseKeyId } from "../../../core/ids/key_id.ts";
import { limits } from "../../../core/limits.ts";
import { buildKeyDocument, buildKeyExcerpt } from "../../keys/key_document.ts";
import type { AccountHttpDeps } from "../client/account_http_deps.ts";
import type { PlainRoute } from "../app.ts";
import { jsonReply } from "../reply.ts";

/** Other servers may keep it so long; a new key is listed a day before its first use. */
const MAX_AGE_S = 300;

/**
 * `GET /.well-known/openguild/keys`: this server's keys, signed by the current one; with
 * `?key_id=...`, once or more, those of these ids however old. PROTOCOL.md 8.
 */
export function keyDocumentRoute(
  deps: Pick<AccountHttpDeps, "sql" | "signer" | "serverName" | "clock">,
): PlainRoute {
  return {
    method: "GET",
    path: "/.well-known/openguild/keys",
    answer: async ({ edge }) => {
      const keyIds = wantedIds(new URL(edge.url).searchParams.getAll("key_id"));
      const nowMs = deps.clock.now();
      return jsonReply(
        keyIds.length === 0
          ? await buildKeyDocument(deps, nowMs)
          : await buildKeyExcerpt(deps, keyIds, nowMs),
        { headers: { "cache-control": `public, max-age=${MAX_AGE_S}` } },
      );
    },
  };
}

function wantedIds(texts: readonly string[]): readonly KeyId[] {
  const max = limits.keys.maxEntriesInExcerpt;
  if (texts.length > max) {
    throw new OperationError(
      "invalid",
      `key_id is given ${texts.length} times; ask for at most ${max} keys at once.`,
    );
  }
  const ids = texts.map((text) => {
    const keyId = parseKeyId(text);
    if (keyId !== undefined) return keyId;
    throw new OperationError(
      "invalid",
      `key_id "${text.slice(0, 64).toWellFormed()}" is no key id: base58 of 16 bytes.`,
    );
  });
  return [...new Set(ids)];
}
