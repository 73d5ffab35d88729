import { sha256 } from "@noble/hashes/sha2.js";
import { unreachable } from "../../assert.ts";
import { base64Of, concat, equalBytes, framed, fromBase64 } from "../bytes.ts";
import { identityOf } from "../identity.ts";
import { claimsOf, type Outgoing, outgoing, type RunFacts, type Sender } from "./facts.ts";
import { readHandover, writeHandover } from "./handover.ts";
import type { CancelReason, VerificationMessage } from "./messages.ts";
import { commitmentOf, type Party, sharedSecrets } from "./secrets.ts";
import type { VerificationAction } from "./table.ts";

/** A message with who sent it. */
export interface Got {
  readonly from: Sender;
  readonly message: VerificationMessage;
}

/** What an action of the table comes to: messages to send, or why it failed. */
export type Deed = { readonly send: readonly Outgoing[] } | { readonly fault: CancelReason };

const NO_KEY = new Uint8Array();
const NOTHING: Deed = { send: [] };
const FAILED: Deed = { fault: "failed" };
const MISMATCH: Deed = { fault: "mismatch" };

/** Does one action of the table. Never throws for what the other side sent. */
export async function perform(
  action: VerificationAction,
  facts: RunFacts,
  got: Got | undefined,
): Promise<Deed> {
  switch (action) {
    case "send_accept":
      return sendAccept(facts);
    case "meet":
      return meet(facts, got);
    case "send_key": {
      const agreement = base64Of(facts.key.publicKey);
      return { send: [outgoing(facts, "verification.key", { agreement })] };
    }
    case "check_commitment":
      return checkCommitment(facts, got);
    case "derive":
      return await deriveFrom(facts, got);
    case "send_proof":
      return sendProof(facts);
    case "check_proof":
      return checkProof(facts, got);
    case "check_scan":
      return await checkScan(facts, got);
    case "answer_scan":
      return facts.other?.wants === true ? sendHandover(facts) : sendProof(facts);
    case "send_handover":
      return sendHandover(facts);
    case "open_handover":
      return await openHandover(facts, got);
    default:
      return unreachable(action, "perform: no such action");
  }
}

/** Takes down what the other side says of itself. */
export function introduce(
  facts: RunFacts,
  from: Sender,
  said: { readonly msk: string; readonly key: string; readonly wants: boolean },
): Deed {
  const { self, handover } = facts.host;
  const [msk, signatureKey] = [fromBase64(said.msk, 32), fromBase64(said.key, 32)];
  if (msk === undefined || signatureKey === undefined) return FAILED;
  const sameUser = from.user === self.user;
  if (sameUser && from.device === self.device) return FAILED;
  // Only a device of one's own may ask to be given anything, and only one with the same identity.
  if (said.wants && !sameUser) return FAILED;
  if (sameUser && !equalBytes(msk, self.msk)) return MISMATCH;
  if (said.wants && handover === undefined) return { fault: "unsupported" };
  facts.other = { ...from, msk, signatureKey, wants: said.wants };
  facts.device = from.device;
  return NOTHING;
}

function parties(facts: RunFacts): { readonly first: Party; readonly second: Party } | undefined {
  const { self } = facts.host;
  const { other } = facts;
  if (other === undefined) return undefined;
  return facts.side === "first" ? { first: self, second: other } : { first: other, second: self };
}

function sendAccept(facts: RunFacts): Deed {
  const both = parties(facts);
  if (both === undefined) return FAILED;
  const commitment = commitmentOf({ id: facts.id, ...both, key: facts.key.publicKey });
  facts.commitment = commitment;
  const body = { ...claimsOf(facts), commitment: base64Of(commitment) };
  return { send: [outgoing(facts, "verification.accept", body)] };
}

/** The first device that answers is the one; the others of its user need ask nobody any more. */
function meet(facts: RunFacts, got: Got | undefined): Deed {
  if (got?.message.kind !== "verification.accept") return FAILED;
  const { body } = got.message;
  const toAll = facts.device === "*";
  const met = introduce(facts, got.from, body);
  if ("fault" in met) return met;
  facts.commitment = fromBase64(body.commitment, 32) as Uint8Array;
  if (!toAll) return NOTHING;
  const reason = { reason: "other_device", device: got.from.device } as const;
  return { send: [outgoing(facts, "verification.cancel", reason, "*")] };
}

function agreementIn(got: Got | undefined): Uint8Array | undefined {
  const message = got?.message;
  if (message?.kind !== "verification.key" && message?.kind !== "verification.start") {
    return undefined;
  }
  return fromBase64(message.body.agreement, 32);
}

function checkCommitment(facts: RunFacts, got: Got | undefined): Deed {
  const both = parties(facts);
  const key = agreementIn(got);
  if (both === undefined || key === undefined || facts.commitment === undefined) return FAILED;
  const bound = commitmentOf({ id: facts.id, ...both, key });
  return equalBytes(bound, facts.commitment) ? NOTHING : MISMATCH;
}

async function deriveFrom(facts: RunFacts, got: Got | undefined): Promise<Deed> {
  const key = agreementIn(got);
  if (key === undefined) return FAILED;
  facts.otherKey = key;
  return await agree(facts) ? NOTHING : FAILED;
}

/** Agrees on the secrets; false where the other side's key is no good. */
export async function agree(facts: RunFacts): Promise<boolean> {
  const both = parties(facts);
  const { otherKey, key, side, codeSecret, method, id } = facts;
  if (both === undefined || otherKey === undefined) return false;
  const shared = await key.agree(otherKey);
  const commitment = codeSecret === undefined
    ? facts.commitment
    : sha256(framed("openguild/verification-code/1", codeSecret));
  if (shared === undefined || commitment === undefined) return false;
  const [firstKey, secondKey] = side === "first"
    ? [key.publicKey, otherKey]
    : [otherKey, key.publicKey];
  const agreed = codeSecret === undefined ? shared : concat(shared, codeSecret);
  facts.secrets = sharedSecrets(agreed, { method, id, ...both, commitment, firstKey, secondKey });
  return true;
}

function sendProof(facts: RunFacts): Deed {
  const proof = facts.secrets?.proofOf(facts.side);
  if (proof === undefined) return FAILED;
  return { send: [outgoing(facts, "verification.mac", { proof: base64Of(proof) })] };
}

function checkProof(facts: RunFacts, got: Got | undefined): Deed {
  const message = got?.message;
  if (message?.kind !== "verification.mac" && message?.kind !== "verification.start") return FAILED;
  const proof = fromBase64(message.body.proof, 32);
  const otherSide = facts.side === "first" ? "second" : "first";
  const proven = proof !== undefined && facts.secrets?.proves(otherSide, proof) === true;
  return proven ? NOTHING : MISMATCH;
}

/**
 * Who scanned knows the code's secret, and is a new device of the same user, or the person whom the
 * code was shown for, by the master key that stood in it.
 */
async function checkScan(facts: RunFacts, got: Got | undefined): Promise<Deed> {
  if (got?.message.kind !== "verification.start") return FAILED;
  const { body } = got.message;
  const { expected } = facts;
  if (body.wants !== (expected === undefined)) return FAILED;
  const met = introduce(facts, got.from, body);
  if ("fault" in met) return met;
  const isThem = expected === undefined || equalBytes(expected, facts.other?.msk ?? NO_KEY);
  if (!isThem) return MISMATCH;
  const derived = await deriveFrom(facts, got);
  return "fault" in derived ? derived : checkProof(facts, got);
}

function sendHandover(facts: RunFacts): Deed {
  const { handover, rng } = facts.host;
  if (handover === undefined || facts.secrets === undefined) return FAILED;
  const sealed = facts.secrets.seal(writeHandover(handover), rng);
  return { send: [outgoing(facts, "verification.done", { handover: base64Of(sealed) })] };
}

/** What is handed over must be the identity whose public half was compared. */
async function openHandover(facts: RunFacts, got: Got | undefined): Promise<Deed> {
  if (got?.message.kind !== "verification.done") return FAILED;
  const sealed = fromBase64(got.message.body.handover);
  const opened = sealed && facts.secrets?.open(sealed);
  const handover = opened && readHandover(opened);
  if (handover === undefined) return FAILED;
  const { user, msk } = facts.host.self;
  const identity = await identityOf({ user, ...handover.secrets });
  if (!equalBytes(identity.msk, msk)) return MISMATCH;
  facts.taken = handover;
  return NOTHING;
}
