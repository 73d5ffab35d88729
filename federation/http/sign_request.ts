import { assert } from "../../core/assert.ts";
import type { EventSigner } from "../../core/event/sign.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { contentDigest } from "./content_digest.ts";
import { signatureBase } from "./signature_base.ts";
import { writeBytes, writeString } from "./structured_fields.ts";

/** Says that a signature is of one server for another: other uses of a key have other tags. */
export const REQUEST_TAG = "openguild-s2s";
/** What each signature covers. PROTOCOL.md 8. */
export const COVERED = [
  "@method",
  "@authority",
  "@path",
  "@query",
  "content-digest",
  "og-destination",
] as const;
/**
 * Trace context, covered where it is sent. Not `traceparent` itself: runtimes and proxies that
 * trace write that one anew at each hop, and the signature would not survive it.
 */
export const TRACE_HEADER = "og-traceparent";

export interface UnsignedRequest {
  readonly method: string;
  /** What goes into `Host`: lower case, without the port that the scheme implies. */
  readonly authority: string;
  /** Path and query as they are sent. */
  readonly target: string;
  readonly destination: ServerName;
  readonly body: Uint8Array;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
}

export interface SignedBy {
  readonly origin: ServerName;
  readonly signer: EventSigner;
  readonly nowMs: number;
  /** Unique among the origin's requests of ten minutes: 16 random bytes. */
  readonly nonce: Uint8Array;
}

/** The headers that make a request one of `origin`. RFC 9421, PROTOCOL.md 8. */
export async function signRequest(
  request: UnsignedRequest,
  by: SignedBy,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    "content-digest": await contentDigest(request.body),
    "og-destination": request.destination,
    ...(request.traceparent === undefined ? {} : { [TRACE_HEADER]: request.traceparent }),
  };
  const components = request.traceparent === undefined ? COVERED : [...COVERED, TRACE_HEADER];
  const params = `(${components.map((name) => `"${name}"`).join(" ")})` +
    `;created=${Math.floor(by.nowMs / 1000)}` +
    `;nonce=${writeString(by.nonce.toBase64({ alphabet: "base64url", omitPadding: true }))}` +
    `;keyid=${writeString(`${by.origin} ${signatureName(by.signer.keyId)}`)}` +
    `;alg="ed25519";tag="${REQUEST_TAG}"`;
  const base = signatureBase(
    { ...request, header: (name) => headers[name] },
    components,
    params,
  );
  assert(base !== undefined, "what a server sends can be written on lines");
  headers["signature-input"] = `og=${params}`;
  headers["signature"] = `og=${writeBytes(await by.signer.sign(base))}`;
  return headers;
}
