import type { DeviceKeys } from "../../mls/key_package.ts";
import { type DeviceId, deviceIdFromBytes } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { limits } from "../../limits.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { makeCertificate, readCertificate } from "../certificate.ts";
import { identityOf, type IdentitySecrets, newIdentity, writeIdentity } from "../identity.ts";
import { publicKeyOf } from "../signing.ts";
import { CallRefused, type EnginePorts } from "./ports.ts";
import { jsonRow, readJsonRow } from "./rows.ts";
import type { Trust } from "./trust.ts";
import type { DevicePhase } from "./types.ts";

/** A month less than a certificate may live, for clocks that go wrong; renewed in its last quarter. */
const CERTIFICATE_LIFE_MS = limits.e2ee.maxCertificateMs - 30 * 24 * 3_600_000;

interface DeviceRow {
  readonly deviceId: DeviceId;
  readonly name: string;
  /** Ed25519 seed of the device's signature key, base64. It never leaves the device. */
  readonly seed: string;
  readonly signatureKey: string;
  readonly certificate?: string;
  /** The server knows the certificate. */
  readonly registered: boolean;
  readonly removed?: boolean;
  /** Seeds of the user's identity, base64, where this device has them. */
  readonly secrets?: { readonly msk: string; readonly ssk: string; readonly usk: string };
}

const ROW = "own";

/** This device: its name, its keys, its certificate, and the user's identity if it has that. */
export class OwnDevice {
  #row: DeviceRow | undefined;

  constructor(readonly ports: EnginePorts, readonly trust: Trust) {}

  async load(): Promise<void> {
    const bytes = await this.ports.store.get("device", ROW);
    this.#row = bytes && readJsonRow<DeviceRow>(bytes);
  }

  get userId(): UserId {
    return this.ports.transport.userId as UserId;
  }

  get id(): DeviceId | undefined {
    return this.#row?.deviceId;
  }

  get signatureKey(): Uint8Array | undefined {
    return this.#row && bytesOf(this.#row.signatureKey);
  }

  get phase(): DevicePhase {
    if (this.#row === undefined) return "new";
    if (this.#row.removed === true) return "removed";
    return this.#row.registered ? "ready" : "unapproved";
  }

  get secrets(): IdentitySecrets | undefined {
    const { secrets } = this.#row ?? {};
    return secrets && {
      user: this.userId,
      msk: bytesOf(secrets.msk),
      ssk: bytesOf(secrets.ssk),
      usk: bytesOf(secrets.usk),
    };
  }

  /** What MLS signs with. Throws before the device has a certificate. */
  get keys(): DeviceKeys {
    const { certificate, seed, signatureKey } = this.#row ?? {};
    if (certificate === undefined || seed === undefined || signatureKey === undefined) {
      throw new Error("This device has no certificate yet: set it up first");
    }
    return {
      credential: bytesOf(certificate),
      signatureKey: bytesOf(signatureKey),
      signatureSeed: bytesOf(seed),
    };
  }

  /** Keys on the first call; the identity where the user has none; certificate and registration. */
  async setUp(name: string): Promise<void> {
    if (this.#row === undefined || this.#row.removed === true) await this.#makeKeys(name);
    if (this.#row?.registered === true && !this.#certificateAges()) return;
    const secrets = this.secrets ?? await this.#firstIdentity();
    if (secrets !== undefined && await this.#isCurrent(secrets)) await this.certify(secrets);
    else await this.register();
  }

  async #makeKeys(name: string): Promise<void> {
    const { rng } = this.ports;
    const seed = rng.bytes(32);
    await this.#save({
      deviceId: deviceIdFromBytes(rng.bytes(16)),
      name,
      seed: base64Of(seed),
      signatureKey: base64Of(await publicKeyOf(seed)),
      registered: false,
    });
  }

  #certificateAges(): boolean {
    const certificate = this.#row?.certificate;
    const expiryMs = certificate === undefined
      ? 0
      : readCertificate(bytesOf(certificate))?.expiryMs ?? 0;
    return this.secrets !== undefined &&
      expiryMs - this.ports.clock.now() < CERTIFICATE_LIFE_MS / 4;
  }

  /** A new identity, stored before it is published; undefined where another device was first. */
  async #firstIdentity(): Promise<IdentitySecrets | undefined> {
    if (await this.publishedMsk() !== undefined) return undefined;
    const { secrets } = await newIdentity(this.userId, this.ports.rng);
    await this.keepSecrets(secrets);
    return secrets;
  }

  /** Whether the server shows these keys as the user's; publishes them where it shows none. */
  async #isCurrent(secrets: IdentitySecrets): Promise<boolean> {
    const identity = await identityOf(secrets);
    const published = await this.publishedMsk();
    if (published === base64Of(identity.msk)) return true;
    if (published !== undefined) {
      await this.#save({ ...this.#present(), secrets: undefined });
      return false;
    }
    try {
      await this.ports.transport.call("publishIdentity", { body: writeIdentity(identity) });
      return true;
    } catch (error) {
      if (!(error instanceof CallRefused) || error.code !== "confirmation_required") throw error;
      return false;
    }
  }

  /** The master key that the server shows for this user, base64. */
  async publishedMsk(): Promise<string | undefined> {
    const { users } = await this.ports.transport.call("queryIdentities", {
      body: { users: [this.userId] },
    });
    return users[0]?.identity?.msk;
  }

  /** The user's identity is this; what it verified counts from now on. */
  async keepSecrets(secrets: IdentitySecrets): Promise<void> {
    const { msk } = await identityOf(secrets);
    await this.#save({
      ...this.#present(),
      secrets: {
        msk: base64Of(secrets.msk),
        ssk: base64Of(secrets.ssk),
        usk: base64Of(secrets.usk),
      },
    });
    await this.trust.verify(this.userId, msk);
  }

  /** Certifies this device with the user's identity and registers it. */
  async certify(secrets: IdentitySecrets): Promise<void> {
    const row = this.#present();
    const certificate = await makeCertificate(secrets, await identityOf(secrets), {
      device: row.deviceId,
      signatureKey: bytesOf(row.signatureKey),
      expiryMs: this.ports.clock.now() + CERTIFICATE_LIFE_MS,
    });
    await this.#save({ ...row, certificate: base64Of(certificate) });
    await this.register();
  }

  /** Goes over to a new identity: the old certificate and what it signed count no more. */
  async renew(secrets: IdentitySecrets): Promise<void> {
    await this.keepSecrets(secrets);
    await this.certify(secrets);
  }

  /**
   * Tells the server; again is harmless. Without a certificate the device only has an inbox, in
   * which it can be verified. Marks it removed where the server has cut it off.
   */
  async register(): Promise<void> {
    const row = this.#present();
    const { certificate = null } = row;
    try {
      await this.ports.transport.call("registerDevice", {
        params: { device_id: row.deviceId },
        body: { certificate, name: row.name },
      });
      await this.#save({ ...this.#present(), registered: certificate !== null });
    } catch (error) {
      if (!(error instanceof CallRefused) || error.code !== "conflict") throw error;
      await this.#save({ ...this.#present(), removed: true });
    }
  }

  #present(): DeviceRow {
    if (this.#row === undefined) throw new Error("This device has no keys yet: set it up first");
    return this.#row;
  }

  async #save(row: Omit<DeviceRow, "secrets"> & { secrets?: DeviceRow["secrets"] | undefined }) {
    const { secrets, ...rest } = row;
    const next: DeviceRow = secrets === undefined ? rest : { ...rest, secrets };
    await this.ports.store.write([jsonRow("device", ROW, next)]);
    this.#row = next;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error("A key in the device's store is damaged");
  return bytes;
}
