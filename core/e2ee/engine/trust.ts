import { sha256 } from "@noble/hashes/sha2.js";
import type { SignatureVerifier } from "../../event/verify.ts";
import type { Clock } from "../../ports/clock.ts";
import { base64Of, equalBytes } from "../bytes.ts";
import { type Certificate, checkCertificate, readCertificate } from "../certificate.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import { jsonRow, readJsonRow } from "./rows.ts";

/** Certificates whose signatures were checked already: a group of 500 asks for each at every commit. */
const MAX_CHECKED = 2000;

/** What this device holds for a user's master key, and since whom it trusts it. */
export interface Pin {
  /** Base64. */
  readonly msk: string;
  /** Compared by the people themselves. */
  readonly verified: boolean;
  /** By this user's user-signing key, where it is somebody else, base64. */
  readonly signature?: string;
  /** Another master key that was seen since and waits for acceptance, base64. */
  readonly changedTo?: string;
  /** The master key that the accepted one took the place of, base64. */
  readonly former?: string;
}

export interface TrustParts {
  /** The user of this device: their identity changes by their own act alone. */
  readonly owner: string;
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
  /** By hash; the certificates whose chain holds. */
  readonly #checked = new Map<string, Certificate>();

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
    const nowMs = this.parts.clock.now();
    const name = sha256(credential).toHex();
    const known = this.#checked.get(name);
    if (known !== undefined && equalBytes(known.signatureKey, signatureKey)) {
      return options.fresh === true && known.expiryMs <= nowMs ? undefined : known;
    }
    const verdict = await checkCertificate({
      bytes: credential,
      signatureKey,
      pinnedMsk: undefined,
      nowMs,
    }, this.parts.verifier);
    if (verdict !== "good" && (verdict !== "expired" || options.fresh === true)) return undefined;
    const certificate = readCertificate(credential);
    if (certificate === undefined) return undefined;
    if (this.#checked.size >= MAX_CHECKED) this.#checked.clear();
    this.#checked.set(name, certificate);
    return certificate;
  }

  /**
   * Notes master keys that were seen in good certificates or published identities. `inGroup`: in
   * leaves, where those of the identity that a person left behind stay until somebody takes them
   * out; they are no news.
   */
  async observe(
    seen: Iterable<{ readonly user: string; readonly msk: Uint8Array }>,
    { inGroup = false }: { readonly inGroup?: boolean } = {},
  ): Promise<void> {
    const changes = new Map<string, Pin>();
    for (const { user, msk } of seen) {
      const text = base64Of(msk);
      const pin = changes.get(user) ?? this.#pins.get(user);
      if (pin === undefined) changes.set(user, { msk: text, verified: false });
      else if (user === this.parts.owner || inGroup && pin.former === text) continue;
      else if (pin.msk !== text && pin.changedTo !== text) {
        changes.set(user, { ...pin, changedTo: text });
      }
    }
    await this.#put(changes);
  }

  /** A person trusts the user's new identity; it is verified again when it is compared. */
  async accept(userId: string): Promise<void> {
    const pin = this.#pins.get(userId);
    if (pin?.changedTo === undefined || userId === this.parts.owner) return;
    await this.#put(
      new Map([[userId, { msk: pin.changedTo, verified: false, former: pin.msk }]]),
    );
  }

  /** The people compared; or it is the user's own identity, which needs no signature. */
  async verify(userId: string, msk: Uint8Array, signature?: Uint8Array): Promise<void> {
    const { former } = this.#pins.get(userId) ?? {};
    const pin: Pin = {
      msk: base64Of(msk),
      verified: true,
      ...(former === undefined || former === base64Of(msk) ? {} : { former }),
      ...(signature === undefined ? {} : { signature: base64Of(signature) }),
    };
    await this.#put(new Map([[userId, pin]]));
  }

  /** Pins out of a backup, for users of whom less is known here. */
  async restore(pins: ReadonlyMap<string, Pin>): Promise<void> {
    const changes = new Map<string, Pin>();
    for (const [user, pin] of pins) {
      const present = this.#pins.get(user);
      if (present?.verified === true) continue;
      const differs = present !== undefined && present.msk !== pin.msk;
      changes.set(user, { ...pin, ...(differs ? { changedTo: present.msk } : {}) });
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

  /**
   * Users of a group with whom something is wrong: another identity than the one that was
   * verified, or leaves of two identities at once, as a server would need to slip a device in.
   */
  changedIn(certificates: readonly Pick<Certificate, "user" | "msk">[]): readonly string[] {
    const identities = Map.groupBy(certificates, ({ user }) => user);
    return [...identities].filter(([, own]) =>
      own.some((one) => this.standing(one) === "changed") ||
      new Set(own.map(({ msk }) => base64Of(msk))).size > 1
    ).map(([user]) => user);
  }

  async #put(changes: ReadonlyMap<string, Pin>): Promise<void> {
    if (changes.size === 0) return;
    const rows = [...changes].map(([user, pin]): StoreChange => jsonRow("pins", user, pin));
    await this.parts.store.write(rows);
    for (const [user, pin] of changes) this.#pins.set(user, pin);
    for (const user of changes.keys()) this.parts.changed(user);
  }
}
