import type { AccountHttpDeps } from "../client/account_http_deps.ts";
import type { PlainRoute } from "../app.ts";
import { jsonReply } from "../reply.ts";

const MAX_AGE_S = 3600;

/**
 * `GET /.well-known/openguild/server`: where other servers reach this one, host and port of
 * its public URL. A trial says so: nobody federates with it. PROTOCOL.md 8, discovery.
 */
export function serverDocumentRoute(
  deps: Pick<AccountHttpDeps, "serverName" | "publicUrl" | "trial">,
): PlainRoute {
  const url = new URL(deps.publicUrl);
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const document = { server: deps.serverName, host: url.hostname, port, trial: deps.trial };
  return {
    method: "GET",
    path: "/.well-known/openguild/server",
    answer: () =>
      Promise.resolve(
        jsonReply(document, { headers: { "cache-control": `public, max-age=${MAX_AGE_S}` } }),
      ),
  };
}
