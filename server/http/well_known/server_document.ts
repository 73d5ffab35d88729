import { buildServerDocument, SERVER_DOCUMENT_PATH } from "../../../federation/discovery.ts";
import type { PlainRoute } from "../app.ts";
import type { AccountHttpDeps } from "../client/account_http_deps.ts";
import { jsonReply } from "../reply.ts";

const MAX_AGE_S = 3600;

/** `GET /.well-known/openguild/server`: where other servers reach this one. PROTOCOL.md 8. */
export function serverDocumentRoute(
  deps: Pick<AccountHttpDeps, "serverName" | "publicUrl" | "trial">,
): PlainRoute {
  const document = buildServerDocument({
    name: deps.serverName,
    publicUrl: deps.publicUrl,
    trial: deps.trial,
  });
  return {
    method: "GET",
    path: SERVER_DOCUMENT_PATH,
    answer: () =>
      Promise.resolve(
        jsonReply(document, { headers: { "cache-control": `public, max-age=${MAX_AGE_S}` } }),
      ),
  };
}
