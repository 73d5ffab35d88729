import { buildKeyDocument } from "../../keys/key_document.ts";
import type { AccountHttpDeps } from "../client/account_http_deps.ts";
import type { PlainRoute } from "../app.ts";
import { jsonReply } from "../reply.ts";

/** Other servers may keep it so long; a new key is listed a day before its first use. */
const MAX_AGE_S = 300;

/** `GET /.well-known/openguild/keys`: this server's keys, signed by the current one. PROTOCOL.md 8. */
export function keyDocumentRoute(
  deps: Pick<AccountHttpDeps, "sql" | "signer" | "serverName" | "clock">,
): PlainRoute {
  return {
    method: "GET",
    path: "/.well-known/openguild/keys",
    answer: async () =>
      jsonReply(await buildKeyDocument(deps, deps.clock.now()), {
        headers: { "cache-control": `public, max-age=${MAX_AGE_S}` },
      }),
  };
}
