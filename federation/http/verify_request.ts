import type { KeyName } from "../../core/event/verify_event.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { parseSignatureName } from "../../core/ids/key_id.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { decodePublicKey, type KeyEntry, usable } from "../../core/keys/key_entry.ts";
import { limits } from "../../core/limits.ts";
import { COVERED, REQUEST_TAG, TRACE_HEADER } from "./sign_request.ts";
import { type CoveredRequest, signatureBase } from "./signature_base.ts";
import { type InnerList, type Member, parseDictionary } from "./structured_fields.ts";

/** What a request says of its sender, before its signature was verified. */
export interface ClaimedRequest {
  readonly key: KeyName;
  readonly createdMs: number;
  readonly nonce: string;
  /** The bytes that were signed. */
  readonly base: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** Trace context, where the signature covers it. */
  readonly traceparent?: string;
}

export type ReadRequest =
  | { readonly ok: true; readonly claim: ClaimedRequest }
  | { readonly ok: false; readonly fault: string };

const NONCE = /^[0-9A-Za-z_-]{16,64}$/;
const PARAMS = ["created", "nonce", "keyid", "alg", "tag"];

/**
 * Reads the one signature with our tag and judges all that needs no key: what it covers, its
 * algorithm, its age, and that it was meant for `self`. RFC 9421 section 3.2, PROTOCOL.md 8.
 */
export function readSignedRequest(
  request: CoveredRequest,
  at: { readonly self: ServerName; readonly nowMs: number },
): ReadRequest {
  const found = findSignature(request);
  if (typeof found === "string") return refuse(found);
  const { list, signature } = found;
  const { params } = list;
  if (params.size !== PARAMS.length || !PARAMS.every((name) => params.has(name))) {
    return refuse(`the signature needs exactly the parameters ${PARAMS.join(", ")}`);
  }
  if (params.get("alg") !== "ed25519") return refuse("the algorithm must be ed25519");
  const components = readComponents(list);
  if (components === undefined) return refuse(`the signature must cover ${COVERED.join(" ")}`);
  if (request.header("og-destination") !== at.self) {
    return refuse(`the request is for another server than ${at.self}`);
  }
  const created = params.get("created");
  if (typeof created !== "number" || Math.abs(at.nowMs - created * 1000) > MAX_AGE_MS) {
    return refuse(
      `the signature was made at another time: this server's clock says ${at.nowMs} ms`,
    );
  }
  const nonce = params.get("nonce");
  if (typeof nonce !== "string" || !NONCE.test(nonce)) return refuse("the nonce is not valid");
  const key = readKeyName(params.get("keyid"));
  if (key === undefined) return refuse("the key id must be a server name and ed25519:kid");
  const base = signatureBase(request, components, list.text);
  if (base === undefined) return refuse("a covered component is missing");
  const traceparent = components.includes(TRACE_HEADER) ? request.header(TRACE_HEADER) : undefined;
  return {
    ok: true,
    claim: {
      key,
      createdMs: created * 1000,
      nonce,
      base,
      signature,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
}

const MAX_AGE_MS = limits.transaction.maxRequestAgeMs;

function refuse(fault: string): ReadRequest {
  return { ok: false, fault };
}

function findSignature(
  request: CoveredRequest,
): { list: InnerList; signature: Uint8Array } | string {
  const inputs = parseDictionary(request.header("signature-input") ?? "");
  const signatures = parseDictionary(request.header("signature") ?? "");
  if (inputs === undefined || signatures === undefined) {
    return "Signature-Input and Signature must be structured fields";
  }
  const ours = [...inputs].filter(([, member]) => isOurs(member));
  const [first] = ours;
  if (first === undefined || ours.length > 1) {
    return `one signature with the tag ${REQUEST_TAG} is needed`;
  }
  const [label, input] = first;
  const member = signatures.get(label);
  const value = member !== undefined && "item" in member ? member.item.value : undefined;
  if (!("list" in input) || !(value instanceof Uint8Array) || value.length !== 64) {
    return "the signature is not of 64 bytes";
  }
  return { list: input.list, signature: value };
}

function isOurs(member: Member): boolean {
  return "list" in member && member.list.params.get("tag") === REQUEST_TAG;
}

/** The covered components in the sender's order, or undefined unless they are exactly ours. */
function readComponents(list: InnerList): string[] | undefined {
  const names: string[] = [];
  for (const { value, params } of list.items) {
    if (typeof value !== "string" || params.size > 0 || names.includes(value)) return undefined;
    names.push(value);
  }
  const extra = names.filter((name) => !(COVERED as readonly string[]).includes(name));
  const whole = COVERED.every((name) => names.includes(name));
  const known = extra.length === 0 || (extra.length === 1 && extra[0] === TRACE_HEADER);
  return whole && known ? names : undefined;
}

function readKeyName(value: unknown): KeyName | undefined {
  if (typeof value !== "string") return undefined;
  const space = value.indexOf(" ");
  const server = parseServerName(value.slice(0, Math.max(space, 0)));
  const keyId = parseSignatureName(value.slice(space + 1));
  return server === undefined || keyId === undefined ? undefined : { server, keyId };
}

/** Whether the claimed key made the signature, and its window holds the time of it. */
export async function verifyClaim(
  claim: ClaimedRequest,
  by: { readonly entry: KeyEntry; readonly verifier: SignatureVerifier },
): Promise<boolean> {
  const { entry, verifier } = by;
  const key = decodePublicKey(entry.key);
  if (key === undefined || entry.server !== claim.key.server) return false;
  if (!usable(entry, claim.createdMs)) return false;
  return await verifier.verify({ key, signature: claim.signature, message: claim.base });
}
