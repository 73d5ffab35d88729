import type { KeyId } from "../ids/key_id.ts";
import { parseSignatureName } from "../ids/key_id.ts";
import type { ServerName } from "../ids/server_name.ts";
import { decodePublicKey, type KeyEntry, usable } from "../keys/key_entry.ts";
import type { HeldEvent, Pdu } from "./event.ts";
import { verifyIdentity } from "./identity.ts";
import { readContent } from "./kinds/kind.ts";
import { memberKind } from "./kinds/member.ts";
import { requiredSigners } from "./required_signers.ts";
import { decodeSignature, taggedBytes } from "./sign.ts";
import type { SignatureVerifier } from "./verify.ts";

export interface KeyName {
  readonly server: ServerName;
  readonly keyId: KeyId;
}

/** The outcome of step 2: the keys that signed validly, the keys to fetch, or the reason to drop. */
export type SignatureOutcome =
  | { readonly kind: "valid"; readonly by: readonly KeyName[] }
  | { readonly kind: "wait"; readonly keys: readonly KeyName[] }
  | { readonly kind: "drop"; readonly message: string };

export interface VerifyEventContext {
  readonly verifier: SignatureVerifier;
  /** The entry with this id, or undefined where it is not held. Never one of another server. */
  readonly entryOf: (name: KeyName) => KeyEntry | undefined;
  readonly requiredSigners?: (pdu: Pdu) => readonly ServerName[];
}

/**
 * Step 2 of PROTOCOL.md 7: each required server has signed with a key whose window holds
 * `origin_ts`, and a join proves the identity that it names. Further valid signatures are named
 * too: step 6 judges by the newest key.
 */
export async function verifyEvent(
  event: HeldEvent,
  context: VerifyEventContext,
): Promise<SignatureOutcome> {
  const message = taggedBytes("event/og1", event.hash);
  const servers = (context.requiredSigners ?? requiredSigners)(event.pdu);
  const perServer = await Promise.all(
    servers.map((server) => verifyServer(event.pdu, { server, message, context })),
  );
  const failed = perServer.find((outcome) => outcome.kind === "drop");
  if (failed !== undefined) return failed;
  const missing = perServer.flatMap((outcome) => outcome.kind === "wait" ? outcome.keys : []);
  if (missing.length > 0) return { kind: "wait", keys: missing };
  if (!await provesIdentity(event.pdu, context.verifier)) {
    return { kind: "drop", message: "the join's identity is not proven by its own key" };
  }
  return {
    kind: "valid",
    by: perServer.flatMap((outcome) => outcome.kind === "valid" ? outcome.by : []),
  };
}

/** A join may name its user's identity, and then proves it. PROTOCOL.md 10. */
async function provesIdentity(pdu: Pdu, verifier: SignatureVerifier): Promise<boolean> {
  if (pdu.type !== memberKind.type) return true;
  const { membership, identity } = readContent(memberKind, pdu.content) ?? {};
  if (membership !== "join" || identity === undefined) return true;
  return await verifyIdentity({ user: pdu.sender, identity }, verifier);
}

async function verifyServer(
  pdu: Pdu,
  { server, message, context }: {
    server: ServerName;
    message: Uint8Array;
    context: VerifyEventContext;
  },
): Promise<SignatureOutcome> {
  const by: KeyName[] = [];
  const unknown: KeyName[] = [];
  let inWindow = false;
  for (const [name, text] of Object.entries(pdu.signatures[server] ?? {})) {
    const keyId = parseSignatureName(name);
    const signature = decodeSignature(text);
    if (keyId === undefined || signature === undefined) continue;
    const entry = context.entryOf({ server, keyId });
    if (entry === undefined || entry.server !== server) {
      unknown.push({ server, keyId });
      continue;
    }
    const key = decodePublicKey(entry.key);
    if (key === undefined) continue;
    if (!await context.verifier.verify({ key, signature, message })) continue;
    by.push({ server, keyId });
    inWindow ||= usable(entry, pdu.origin_ts);
  }
  if (inWindow) return { kind: "valid", by };
  if (unknown.length > 0) return { kind: "wait", keys: unknown };
  return { kind: "drop", message: `no valid signature of ${server} by a key of that time` };
}
