import { OperationError } from "../../../core/errors.ts";
import { digestHolds } from "../../../federation/http/content_digest.ts";
import { readSignedRequest, verifyClaim } from "../../../federation/http/verify_request.ts";
import { keyNameText } from "../../../federation/ports.ts";
import { type Arrival, SELF_TEST_PATH } from "../../federation/self_probe.ts";
import type { PlainRoute } from "../app.ts";
import type { EdgeRequest } from "../edge_request.ts";
import { jsonReply } from "../reply.ts";
import { type AuthenticateDeps, coveredOf } from "./authenticate.ts";

const BODY_BYTES = 1024;

/**
 * `POST /_federation/self_test/:probe`: tells this server, and nobody else, how its own request
 * arrived after its way through names and proxies. Whoever else asks learns what was asked.
 */
export function selfTestRoute(deps: AuthenticateDeps): PlainRoute {
  return {
    method: "POST",
    path: `${SELF_TEST_PATH}/:probe`,
    async answer({ edge, secure }) {
      const { method, authority, target } = coveredOf(edge, { secure });
      // A server's own name in this header is no proof; it only keeps others' accidents out.
      if (edge.headers.get("og-destination") !== deps.self) {
        throw new OperationError("not_found", "There is nothing at this address.");
      }
      const fault = await faultOf(edge, { secure }, deps);
      return jsonReply({ method, authority, target, fault: fault ?? null } satisfies Arrival);
    },
  };
}

async function faultOf(
  edge: EdgeRequest,
  options: { readonly secure: boolean },
  deps: AuthenticateDeps,
): Promise<string | undefined> {
  const { self, keyRing, verifier, clock } = deps;
  const read = readSignedRequest(coveredOf(edge, options), { self, nowMs: clock.now() });
  if (!read.ok) return read.fault;
  const { key } = read.claim;
  if (key.server !== self) return `it is signed by ${key.server}`;
  const entry = (await keyRing.find([key])).get(keyNameText(key));
  if (entry === undefined) return "this server does not know the key that signed it";
  if (!await verifyClaim(read.claim, { entry, verifier })) return "the signature does not verify";
  const body = await edge.body(BODY_BYTES);
  if (await digestHolds(edge.headers.get("content-digest") ?? "", body)) return undefined;
  return "the body was changed on its way";
}
