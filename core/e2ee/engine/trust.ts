import type { SignatureVerifier } from "../../event/verify.ts";
import type { Clock } from "../../ports/clock.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { type Certificate, checkCertificate, readCertificate } from "../certificate.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import { jsonRow, readJsonRow } from "./rows.ts";

/** What this device holds for a user's master key, and since whom it trusts it. */
export interface Pin {
  /** Base64. */
  readonly msk: string;
  /** Compared by the people themselves. */
  readonly verified: boolean;
  /** Another master key that was seen since and waits for acceptance, base64. */
  readonly changedTo?: string;
}

export interface TrustParts {
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly verifier: SignatureVerifier;
  changed(userId: string): void;
}

/**
 * Whose keys are whose. The first master key seen of a user is pinned; another one later is loud
 * and, of somebody who was verified, ends sending until a person accepts it. What a server says
 * is never enough: a device counts by the chain of signatures in its certificate.
 */
export class Trust {
  readonly #pins = new Map<string, Pin>();

  constructor(readonly parts: TrustParts) {}

  async load(): Promise<void> {
    for (const { key, value } of await this.parts.store.list("pins")) {
      this.#pins.set(key, readJsonRow<Pin>(value));
    }
  }

  pin(userId: string): Pin | undefined {
    return this.#pins.get(userId);
  }

  all(): ReadonlyMap<string, Pin> {
    return this.#pins;
  }

  /**
   * The certificate that a leaf or key package shows, or undefined where its chain does not hold.
   * An expired one still names the device that has been in a group for long.
   */
  async certificateOf(
    credential: Uint8Array,
    signatureKey: Uint8Array,
    options: { readonly fresh?: boolean } = {},
  ): Promise<Certificate | undefined> {
    const verdict = await checkCertificate({
      bytes: credential,
      signatureKey,
      pinnedMsk: undefined,
      nowMs: this.parts.clock.now(),
    }, this.parts.verifier);
    if (verdict !== "good" && (verdict !== "expired" || options.fresh === true)) return undefined;
    return readCertificate(credential);
  }

  /** Notes master keys that were seen in good certificates or published identities. */
  async observe(seen: Iterable<{ readonly user: string; readonly msk: Uint8Array }>) {
    const changes = new Map<string, Pin>();
    for (const { user, msk } of seen) {
      const text = base64Of(msk);
      const pin = changes.get(user) ?? this.#pins.get(user);
      if (pin === undefined) changes.set(user, { msk: text, verified: false });
      else if (pin.msk !== text && pin.changedTo !== text) {
        changes.set(user, { ...pin, changedTo: text });
      }
    }
    await this.#put(changes);
  }

  /** A person trusts the user's new identity; it is verified again when it is compared. */
  async accept(userId: string): Promise<void> {
    const pin = this.#pins.get(userId);
    if (pin?.changedTo === undefined) return;
    await this.#put(new Map([[userId, { msk: pin.changedTo, verified: false }]]));
  }

  /** The people compared, or a backup or the own identity says so. */
  async verify(userId: string, msk: Uint8Array): Promise<void> {
    await this.#put(new Map([[userId, { msk: base64Of(msk), verified: true }]]));
  }

  /** Pins out of a backup, for users of whom nothing is known here. */
  async restore(pins: ReadonlyMap<string, Pin>): Promise<void> {
    const changes = new Map<string, Pin>();
    for (const [user, { msk, verified }] of pins) {
      const present = this.#pins.get(user);
      if (present?.verified === true || fromBase64(msk, 32) === undefined) continue;
      const differs = present !== undefined && present.msk !== msk;
      changes.set(user, { msk, verified, ...(differs ? { changedTo: present.msk } : {}) });
    }
    await this.#put(changes);
  }

  /** How this certificate stands to what is pinned. */
  standing(certificate: Pick<Certificate, "user" | "msk">): "verified" | "known" | "changed" {
    const pin = this.#pins.get(certificate.user);
    if (pin === undefined || pin.msk !== base64Of(certificate.msk)) {
      return pin?.verified === true ? "changed" : "known";
    }
    if (!pin.verified) return "known";
    return pin.changedTo === undefined ? "verified" : "changed";
  }

  async #put(changes: ReadonlyMap<string, Pin>): Promise<void> {
    if (changes.size === 0) return;
    const rows = [...changes].map(([user, pin]): StoreChange => jsonRow("pins", user, pin));
    await this.parts.store.write(rows);
    for (const [user, pin] of changes) this.#pins.set(user, pin);
    for (const user of changes.keys()) this.parts.changed(user);
  }
}
