import { sha256 } from "@noble/hashes/sha2.js";
import type { DeviceId } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { base64Of, equalBytes, framed, fromBase64 } from "../bytes.ts";
import { newAgreementKey } from "../agreement.ts";
import { type DeviceCode, type Known, readCode, writeCode } from "./code.ts";
import { agree, type Got, introduce, perform } from "./deeds.ts";
import type { SasEmoji } from "./emoji.ts";
import {
  claimsOf,
  type Outgoing,
  outgoing,
  type RunFacts,
  type Sender,
  type VerificationHost,
} from "./facts.ts";
import type { Handover } from "./handover.ts";
import {
  type CancelReason,
  type VerificationBody,
  type VerificationKind,
  type VerificationMessage,
  writeMessage,
} from "./messages.ts";
import type { Method, Party } from "./secrets.ts";
import { isOver, step, type VerificationInput, type VerificationState } from "./table.ts";

/** From the request (or from showing a code) to the end. */
export const VERIFICATION_LIFE_MS = 10 * 60_000;
/** A request may be dated this far ahead of the receiver's clock. */
const MAX_AHEAD_MS = 5 * 60_000;

/** What a person sees of it. */
export interface VerificationView {
  readonly id: string;
  readonly method: Method;
  readonly user: UserId;
  readonly device: DeviceId | "*";
  readonly begunHere: boolean;
  readonly phase: "asked" | "compare" | "waiting" | "done" | "cancelled";
  /** To compare: seven emoji, or three numbers in their place. */
  readonly emoji: readonly SasEmoji[] | undefined;
  /** After a scan one number, which both devices show. */
  readonly decimals: readonly number[] | undefined;
  readonly reason: CancelReason | undefined;
}

/** What a verification proved: these keys are the other side's. */
export interface VerificationResult {
  /** `msk` is what the other side's device holds for its user: to be compared with the pin. */
  readonly other: Party;
  /** On a new device of the same user. */
  readonly handover: Handover | undefined;
}

export type ScanFault =
  | "no_code"
  /** It is shown by somebody else, or for somebody else. */
  | "other_account"
  /** It names another identity of this user: what its device was told is not true. */
  | "other_identity"
  | "not_needed"
  /** This device is new itself. */
  | "not_ready";

const PHASES: Readonly<Record<VerificationState, VerificationView["phase"]>> = {
  requested: "waiting",
  asked: "asked",
  committed: "waiting",
  keyed: "waiting",
  comparing: "compare",
  comparing_last: "compare",
  confirmed: "waiting",
  agreed: "waiting",
  awaiting_handover: "waiting",
  awaiting_word: "waiting",
  showing: "waiting",
  scanned: "compare",
  done: "done",
  cancelled: "cancelled",
};

const INPUTS: Readonly<Partial<Record<VerificationKind, VerificationInput>>> = {
  "verification.accept": "got_accept",
  "verification.key": "got_key",
  "verification.mac": "got_proof",
  "verification.start": "got_scan",
  "verification.done": "got_handover",
};

/** Why a code is none that this device may take from who is asked for. */
function scanFault(
  { self }: VerificationHost,
  code: DeviceCode | undefined,
  of: UserId | undefined,
): ScanFault | undefined {
  if (code === undefined || (code.to === undefined) !== (of === undefined)) return "no_code";
  if (code.user !== (of ?? self.user)) return "other_account";
  const { user, msk } = code.to ?? { user: self.user, msk: code.msk };
  if (user !== self.user) return "other_account";
  if (of === undefined && !self.wants) return "not_needed";
  if (of !== undefined && self.wants) return "not_ready";
  return equalBytes(msk, self.msk) ? undefined : "other_identity";
}

type Started = { readonly run: VerificationRun; readonly send: readonly Outgoing[] };

/**
 * One verification between two devices, on one of them. It sends nothing itself: every method
 * gives the messages that are to go out, and calls run one after the other. It lives in memory
 * alone; after a restart both sides begin anew.
 */
export class VerificationRun {
  readonly id: string;
  /** When `tick` is to be called. */
  readonly deadlineMs: number;
  readonly #facts: RunFacts;
  #state: VerificationState;
  #reason: CancelReason | undefined;
  readonly #seen = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(facts: RunFacts, state: VerificationState, deadlineMs: number) {
    this.#facts = facts;
    this.#state = state;
    this.id = base64Of(facts.id);
    this.deadlineMs = deadlineMs;
  }

  /** Asks a device, or all of a user's, to compare. */
  static async begin(
    host: VerificationHost,
    to: { readonly user: UserId; readonly device: DeviceId | "*" },
  ): Promise<Started> {
    const ts = host.clock.now();
    const id = host.rng.bytes(16);
    const key = await newAgreementKey(host.rng);
    const facts: RunFacts = { host, id, method: "sas", side: "first", ...to, key };
    const run = new VerificationRun(facts, "requested", ts + VERIFICATION_LIFE_MS);
    const body = { ...claimsOf(facts), ts };
    return { run, send: [outgoing(facts, "verification.request", body)] };
  }

  /** What a request asks for, or undefined where it is too old or no honest one. */
  static async asked(
    host: VerificationHost,
    from: Sender,
    body: VerificationBody<"verification.request">,
  ): Promise<VerificationRun | undefined> {
    const now = host.clock.now();
    const deadlineMs = Math.min(body.ts, now) + VERIFICATION_LIFE_MS;
    const id = fromBase64(body.id, 16);
    if (body.ts > now + MAX_AHEAD_MS || deadlineMs <= now || id === undefined) return undefined;
    const key = await newAgreementKey(host.rng);
    const facts: RunFacts = { host, id, method: "sas", side: "second", ...from, key };
    if ("fault" in introduce(facts, from, body)) return undefined;
    return new VerificationRun(facts, "asked", deadlineMs);
  }

  /** Shows a code to a new device of the same user, or to somebody. */
  static async show(
    host: VerificationHost,
    known?: Known,
  ): Promise<{ readonly run: VerificationRun; readonly text: string }> {
    const { rng, clock, self } = host;
    const { user, device, msk, signatureKey } = self;
    const id = rng.bytes(16);
    const codeSecret = rng.bytes(32);
    const key = await newAgreementKey(rng);
    const to = { user: known?.user ?? user, device: "*" } as const;
    const facts: RunFacts = {
      ...{ host, id, method: "qr", side: "first", ...to, key, codeSecret },
      ...(known === undefined ? {} : { expected: known.msk }),
    };
    const run = new VerificationRun(facts, "showing", clock.now() + VERIFICATION_LIFE_MS);
    const code = { id, secret: codeSecret, agreement: key.publicKey, msk, signatureKey };
    return { run, text: writeCode({ ...code, user, device, to: known }) };
  }

  /** Takes a code that an old device of this user shows, or a device of the person `of`. */
  static async scan(
    host: VerificationHost,
    text: string,
    of?: UserId,
  ): Promise<Started | { readonly fault: ScanFault }> {
    const { rng, clock } = host;
    const code = readCode(text);
    const fault = scanFault(host, code, of);
    if (code === undefined || fault !== undefined) return { fault: fault ?? "no_code" };
    const { id, user, device, msk, signatureKey } = code;
    const facts: RunFacts = {
      host,
      id,
      method: "qr",
      side: "second",
      user,
      device,
      key: await newAgreementKey(rng),
      other: { user, device, msk, signatureKey, wants: false },
      otherKey: code.agreement,
      codeSecret: code.secret,
    };
    if (!await agree(facts) || facts.secrets === undefined) return { fault: "no_code" };
    const run = new VerificationRun(
      facts,
      code.to === undefined ? "awaiting_handover" : "awaiting_word",
      clock.now() + VERIFICATION_LIFE_MS,
    );
    const agreement = base64Of(facts.key.publicKey);
    const proof = base64Of(facts.secrets.proofOf("second"));
    const body = { ...claimsOf(facts), agreement, proof };
    return { run, send: [outgoing(facts, "verification.start", body)] };
  }

  view(): VerificationView {
    const { method, side, user, device, secrets } = this.#facts;
    const phase = PHASES[this.#state];
    const scanned = method === "qr" && !isOver(this.#state);
    const shown = phase === "compare" || scanned ? secrets : undefined;
    return {
      id: this.id,
      method,
      user,
      device,
      begunHere: side === "first" || method === "qr",
      phase,
      emoji: method === "sas" ? shown?.emoji : undefined,
      decimals: method === "qr" ? shown?.decimals.slice(0, 1) : shown?.decimals,
      reason: this.#reason,
    };
  }

  /** What was proven; undefined until it is done. */
  result(): VerificationResult | undefined {
    const { other, taken } = this.#facts;
    return this.#state === "done" && other !== undefined ? { other, handover: taken } : undefined;
  }

  /** A person begins with what another device asked. */
  accept(): Promise<readonly Outgoing[]> {
    return this.#person("accept");
  }

  /** A person says that both show the same. */
  confirm(): Promise<readonly Outgoing[]> {
    return this.#person("confirm");
  }

  /** A person says no ("refused"), or that what is shown is not the same ("mismatch"). */
  cancel(reason: CancelReason): Promise<readonly Outgoing[]> {
    return this.#inTurn(() => Promise.resolve(this.#end("cancel", reason)));
  }

  /** Ends it where `deadlineMs` has come. */
  tick(): Promise<readonly Outgoing[]> {
    return this.#inTurn(() => {
      const due = this.#facts.host.clock.now() >= this.deadlineMs;
      return Promise.resolve(due ? this.#end("timeout", "timeout") : []);
    });
  }

  /** A message of this verification. From whom it is, is the servers' word until all is proven. */
  receive(from: Sender, message: VerificationMessage): Promise<readonly Outgoing[]> {
    return this.#inTurn(() => this.#receive(from, message));
  }

  /** A double press, or one that comes too late, does nothing. */
  #person(input: "accept" | "confirm"): Promise<readonly Outgoing[]> {
    return this.#inTurn(async () =>
      step(this.#state, input) === undefined ? [] : await this.#apply(input)
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #receive(from: Sender, message: VerificationMessage): Promise<readonly Outgoing[]> {
    const { kind, body } = message;
    const facts = this.#facts;
    if (isOver(this.#state) || body.id !== this.id || from.user !== facts.user) return [];
    if (facts.device !== "*" && from.device !== facts.device) {
      if (kind !== "verification.accept" && kind !== "verification.start") return [];
      const late = { reason: "other_device", device: facts.device } as const;
      return [outgoing(facts, "verification.cancel", late, from.device)];
    }
    // Inboxes deliver at least once.
    const name = base64Of(sha256(framed(kind, writeMessage(message))));
    if (this.#seen.has(name)) return [];
    this.#seen.add(name);
    if (kind === "verification.cancel") {
      const goesOnHere = body.reason === "other_device" && body.device === facts.host.self.device;
      return goesOnHere ? [] : this.#end("got_cancel", body.reason);
    }
    const input = INPUTS[kind];
    return input === undefined ? [] : await this.#apply(input, { from, message });
  }

  async #apply(input: VerificationInput, got?: Got): Promise<readonly Outgoing[]> {
    const transition = step(this.#state, input);
    if (transition === undefined) return this.#end("failure", "failed");
    const send: Outgoing[] = [];
    for (const action of transition.does) {
      const deed = await perform(action, this.#facts, got);
      if ("fault" in deed) return this.#end("failure", deed.fault);
      send.push(...deed.send);
    }
    this.#state = transition.to;
    return this.#state === "agreed" ? [...send, ...await this.#apply(this.#share())] : send;
  }

  /** Whether this side gives identity and backup, takes them, or neither. */
  #share(): "give" | "take" | "nothing" {
    const { host: { self, handover }, other } = this.#facts;
    if (other?.user !== self.user || self.wants === other.wants) return "nothing";
    return handover === undefined ? "take" : "give";
  }

  #end(
    input: "cancel" | "timeout" | "failure" | "got_cancel",
    reason: CancelReason,
  ): readonly Outgoing[] {
    const transition = step(this.#state, input);
    if (transition === undefined) return [];
    this.#state = transition.to;
    this.#reason = reason;
    if (input === "got_cancel") return [];
    return [outgoing(this.#facts, "verification.cancel", { reason })];
  }
}
