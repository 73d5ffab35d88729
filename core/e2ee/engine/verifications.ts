import { type DeviceId, parseDeviceId } from "../../ids/device_id.ts";
import { parseUserId, type UserId } from "../../ids/user_id.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import type { Known } from "../verification/code.ts";
import type { Outgoing, Sender, VerificationHost } from "../verification/facts.ts";
import {
  type CancelReason,
  isVerificationKind,
  readMessage,
  type VerificationMessage,
} from "../verification/messages.ts";
import {
  type ScanFault,
  type VerificationResult,
  VerificationRun,
  type VerificationView,
} from "../verification/run.ts";
import type { ToDeviceItem } from "./calls.ts";
import { CallRefused, type EnginePorts, ServerUnreachable } from "./ports.ts";
import type { Verification } from "./types.ts";

/** Verifications that are held, with those that ended a while ago. */
const MAX_RUNS = 20;
/** Of these, how many one other account may have asked for and not ended. */
const MAX_ASKED_PER_USER = 3;
/** Messages that wait for the network. */
const MAX_UNSENT = 100;

/** Why a code was not taken. */
export class ScanRefused extends Error {
  override readonly name = "ScanRefused";

  constructor(readonly code: ScanFault) {
    super(`The code was not taken: ${code}`);
  }
}

export interface VerificationsParts {
  readonly ports: EnginePorts;
  /** Ends with the engine. */
  readonly signal: AbortSignal;
  /** What this device says of itself; undefined before it has keys or knows its user's identity. */
  host(): Promise<VerificationHost | undefined>;
  /** The master key that is known of somebody, the latest. */
  mskOf(userId: string): Uint8Array | undefined;
  /** A verification has another view. */
  changed(id: string): void;
  /** Stores what was proven. The run is shown as done once this has resolved. */
  proven(result: VerificationResult): Promise<void>;
}

/** The verifications of one device: begun here or asked for, each carried by to-device messages. */
export class Verifications {
  readonly #runs = new Map<string, VerificationRun>();
  /** Ended ones whose result is stored. */
  readonly #settled = new Set<string>();
  #unsent: Outgoing[] = [];
  #sending: Promise<void> = Promise.resolve();
  readonly #timers = new Set<Promise<void>>();

  constructor(readonly parts: VerificationsParts) {}

  list(): readonly Verification[] {
    return [...this.#runs.values()].map((run) => this.#viewOf(run));
  }

  /** Asks another device, or all of a user's (`*`), to compare. @returns its id */
  async start(userId: string, deviceId: string): Promise<string> {
    const user = parseUserId(userId);
    const device = deviceId === "*" ? deviceId : parseDeviceId(deviceId);
    if (user === undefined || device === undefined) {
      throw new RangeError(`Cannot verify device "${deviceId}" of "${userId}": no such id`);
    }
    const { run, send } = await VerificationRun.begin(await this.#host(), { user, device });
    this.#keep(run);
    try {
      await this.#after(run, send);
    } catch (error) {
      this.#runs.delete(run.id);
      throw error;
    }
    return run.id;
  }

  /** The text of a code for a new device of this user, or for a person, whom this device knows. */
  async showCode(userId?: string): Promise<{ readonly id: string; readonly text: string }> {
    const host = await this.#host();
    if (host.handover === undefined) {
      throw new Error("This device has no identity to hand over: it is new itself");
    }
    const { run, text } = await VerificationRun.show(host, this.#known(userId));
    this.#keep(run);
    this.parts.changed(run.id);
    return { id: run.id, text };
  }

  /** On the new device, or in front of a person's. Throws ScanRefused. @returns its id */
  async scanCode(text: string, userId?: string): Promise<string> {
    const of = userId === undefined ? undefined : parseUserId(userId);
    if (userId !== undefined && of === undefined) throw new ScanRefused("other_account");
    const scanned = await VerificationRun.scan(await this.#host(), text, of);
    if ("fault" in scanned) throw new ScanRefused(scanned.fault);
    this.#keep(scanned.run);
    await this.#after(scanned.run, scanned.send);
    return scanned.run.id;
  }

  async accept(id: string): Promise<void> {
    const run = this.#run(id);
    await this.#after(run, await run.accept());
  }

  async confirm(id: string): Promise<void> {
    const run = this.#run(id);
    await this.#after(run, await run.confirm());
  }

  /** Before anything is compared the person refuses; afterwards it did not match. */
  async cancel(id: string, reason?: Extract<CancelReason, "refused" | "mismatch">): Promise<void> {
    const run = this.#run(id);
    const usual = run.view().phase === "compare" ? "mismatch" : "refused";
    await this.#after(run, await run.cancel(reason ?? usual));
  }

  /** Takes a message out of the inbox. @returns false where it is of another kind */
  async receive(item: ToDeviceItem): Promise<boolean> {
    if (!isVerificationKind(item.kind)) return false;
    const from = senderOf(item);
    const body = fromBase64(item.body);
    const message = body && readMessage(item.kind, body);
    if (from === undefined || message === undefined) return true;
    if (message.kind === "verification.request") await this.#asked(from, message);
    else {
      const run = this.#runs.get(message.body.id);
      if (run !== undefined) await this.#after(run, await run.receive(from, message));
    }
    return true;
  }

  /** Sends what the network did not take before. */
  async resume(): Promise<void> {
    await this.#send([]);
  }

  /** Resolves when no timer runs any more; they end with the signal. */
  async idle(): Promise<void> {
    await Promise.all(this.#timers);
  }

  async #asked(
    from: Sender,
    message: Extract<VerificationMessage, { kind: "verification.request" }>,
  ): Promise<void> {
    const host = await this.parts.host();
    if (host === undefined || this.#runs.has(message.body.id)) return;
    const live = [...this.#runs.values()].map((run) => run.view())
      .filter((view) => !isEnded(view) && view.user === from.user);
    if (live.length >= MAX_ASKED_PER_USER) return;
    const run = await VerificationRun.asked(host, from, message.body);
    if (run === undefined || !this.#makeRoom()) return;
    this.#hold(run);
    this.parts.changed(run.id);
  }

  #known(userId: string | undefined): Known | undefined {
    if (userId === undefined) return undefined;
    const user = parseUserId(userId);
    const msk = this.parts.mskOf(userId);
    if (user === undefined || msk === undefined) {
      throw new Error(`Nothing is known of ${userId} yet: there is no code to show them`);
    }
    return { user, msk };
  }

  async #host(): Promise<VerificationHost> {
    const host = await this.parts.host();
    if (host === undefined) throw new Error("This device has no keys yet: set it up first");
    return host;
  }

  #run(id: string): VerificationRun {
    const run = this.#runs.get(id);
    if (run === undefined) throw new RangeError(`There is no verification "${id}"`);
    return run;
  }

  #keep(run: VerificationRun): void {
    if (!this.#makeRoom()) {
      throw new RangeError(`${MAX_RUNS} verifications are open: end one of them first`);
    }
    this.#hold(run);
  }

  /** Ended ones go first, the oldest at the head. */
  #makeRoom(): boolean {
    for (const [id, run] of this.#runs) {
      if (this.#runs.size < MAX_RUNS) break;
      if (!isEnded(run.view())) continue;
      this.#runs.delete(id);
      this.#settled.delete(id);
    }
    return this.#runs.size < MAX_RUNS;
  }

  #hold(run: VerificationRun): void {
    this.#runs.set(run.id, run);
    const timer = this.#endInTime(run).finally(() => this.#timers.delete(timer));
    this.#timers.add(timer);
  }

  async #endInTime(run: VerificationRun): Promise<void> {
    const { ports: { clock }, signal } = this.parts;
    try {
      await clock.sleep(Math.max(0, run.deadlineMs - clock.now()), signal);
    } catch {
      return;
    }
    await this.#after(run, await run.tick()).catch(() => undefined);
  }

  /** Stores a result, tells the interface, sends. A result counts even where sending fails. */
  async #after(run: VerificationRun, send: readonly Outgoing[]): Promise<void> {
    const result = this.#settled.has(run.id) ? undefined : run.result();
    if (result !== undefined) {
      await this.parts.proven(result);
      this.#settled.add(run.id);
    }
    this.parts.changed(run.id);
    await this.#send(send);
  }

  #viewOf(run: VerificationRun): Verification {
    const view = run.view();
    const storing = view.phase === "done" && !this.#settled.has(run.id);
    return {
      id: view.id,
      userId: view.user,
      deviceId: view.device === "*" ? undefined : view.device,
      begunHere: view.begunHere,
      byCode: view.method === "qr",
      phase: storing ? "waiting" : view.phase,
      emoji: view.emoji,
      decimals: view.decimals,
      reason: view.reason,
    };
  }

  /** In order, one after the other. What the network does not take waits for `resume`. */
  #send(more: readonly Outgoing[]): Promise<void> {
    this.#unsent = [...this.#unsent, ...more].slice(-MAX_UNSENT);
    const sending = this.#sending.then(() => this.#drain());
    this.#sending = sending.catch(() => undefined);
    return sending;
  }

  async #drain(): Promise<void> {
    const { transport } = this.parts.ports;
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      const body = {
        user_id: next.user,
        device_id: next.device,
        kind: next.kind,
        body: base64Of(next.body),
      };
      try {
        await transport.call("sendToDevice", { body }, this.parts.signal);
      } catch (error) {
        if (error instanceof ServerUnreachable || this.parts.signal.aborted) return;
        this.#sent(next);
        if (error instanceof CallRefused && next.kind === "verification.cancel") continue;
        throw error;
      }
      this.#sent(next);
    }
  }

  #sent(one: Outgoing): void {
    this.#unsent = this.#unsent.filter((other) => other !== one);
  }
}

function isEnded({ phase }: VerificationView): boolean {
  return phase === "done" || phase === "cancelled";
}

function senderOf({ from, from_device }: ToDeviceItem): Sender | undefined {
  const user: UserId | undefined = parseUserId(from);
  const device: DeviceId | undefined = parseDeviceId(from_device ?? "");
  return user === undefined || device === undefined ? undefined : { user, device };
}
