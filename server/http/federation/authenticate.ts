import { OperationError } from "../../../core/errors.ts";
import type { SignatureVerifier } from "../../../core/event/verify.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import { type CoveredRequest, normalAuthority } from "../../../federation/http/signature_base.ts";
import {
  type ClaimedRequest,
  readSignedRequest,
  verifyClaim,
} from "../../../federation/http/verify_request.ts";
import { keyNameText, type KeyRing, type ServerPolicy } from "../../../federation/ports.ts";
import type { MutualPeers } from "../../federation/mutual_peers.ts";
import type { EdgeRequest } from "../edge_request.ts";

export interface AuthenticateDeps {
  readonly self: ServerName;
  readonly keyRing: KeyRing;
  readonly policy: ServerPolicy;
  readonly verifier: SignatureVerifier;
  readonly nonces: {
    spend(origin: ServerName, nonce: string, nowMs: number): Promise<boolean>;
  };
  /** Servers that must show a certificate beside. Absent: none. */
  readonly mutual?: MutualPeers;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Which server a request is of: its signature with our tag verifies by a key of that server whose
 * window holds the time of it, which is neither revoked nor retired. Nothing of the body has been
 * read, and nothing is known of copies: see `requireFirst`. PROTOCOL.md 8.
 * @throws OperationError `unauthorized`, or `forbidden` for a server that is refused here
 */
export async function authenticateServer(
  edge: EdgeRequest,
  options: { readonly secure: boolean },
  deps: AuthenticateDeps,
): Promise<ClaimedRequest> {
  const nowMs = deps.clock.now();
  const read = readSignedRequest(coveredOf(edge, options), { self: deps.self, nowMs });
  if (!read.ok) throw unauthorized(read.fault);
  const { claim } = read;
  const { key } = claim;
  const refusal = deps.policy.refusal(key.server);
  if (refusal !== undefined) {
    // The reason is for this server's administrator; the other learns that it is refused.
    deps.log.log("info", "A server was refused.", { origin: key.server, reason: refusal });
    throw new OperationError("forbidden", "This server does not speak with yours.");
  }
  if (deps.mutual?.accepts(key.server, edge.clientCertificate) === false) {
    throw unauthorized(`${key.server} must show the certificate that was agreed`);
  }
  const entry = (await deps.keyRing.obtain([key], { knocks: true })).get(keyNameText(key));
  if (entry === undefined) {
    throw unauthorized(`the key ${key.keyId} of ${key.server} cannot be fetched`);
  }
  if (!await verifyClaim(claim, { entry, verifier: deps.verifier })) {
    throw unauthorized("the signature does not verify, or its key was not valid then");
  }
  const fault = await deps.keyRing.refusal(key, nowMs);
  if (fault !== undefined) throw unauthorized(fault);
  return claim;
}

/**
 * The last check, once the body is known to be the signed one: otherwise whoever can change a
 * request on its way could spend the nonce of the honest one.
 * @throws OperationError `unauthorized` for a copy of a request that was answered
 */
export async function requireFirst(
  claim: ClaimedRequest,
  deps: Pick<AuthenticateDeps, "nonces" | "clock">,
): Promise<void> {
  if (await deps.nonces.spend(claim.key.server, claim.nonce, deps.clock.now())) return;
  throw unauthorized("this request was seen before");
}

function unauthorized(fault: string): OperationError {
  return new OperationError("unauthorized", `The request is not signed as it must be: ${fault}.`);
}

/** What a signature covers, as the request arrived. */
export function coveredOf(
  edge: EdgeRequest,
  { secure }: { readonly secure: boolean },
): CoveredRequest {
  const afterScheme = edge.url.indexOf("://") + 3;
  const slash = edge.url.indexOf("/", afterScheme);
  return {
    method: edge.method,
    authority: normalAuthority(edge.url.slice(afterScheme, slash), secure ? "https" : "http"),
    target: edge.url.slice(slash),
    header: (name) => edge.headers.get(name) ?? undefined,
  };
}
