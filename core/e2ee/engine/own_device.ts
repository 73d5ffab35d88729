import type { DeviceKeys } from "../../mls/key_package.ts";
import type { DeviceId } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import { limits } from "../../limits.ts";
import { fromBase64 } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import type { IdentitySecrets } from "../identity.ts";
import type { EnginePorts } from "./ports.ts";
import { jsonRow, readJsonRow } from "./rows.ts";
import type { Trust } from "./trust.ts";
import type { DevicePhase } from "./types.ts";

/** A month less than a certificate may live, for clocks that go wrong; renewed in its last quarter. */
export const CERTIFICATE_LIFE_MS = limits.e2ee.maxCertificateMs - 30 * 24 * 3_600_000;

/** What is stored of it. */
export interface DeviceRow {
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

/**
 * This device: its name, its keys, its certificate, and the user's identity if it has that. How it
 * comes by them is in `set_up.ts`.
 */
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

  /** Registered with a certificate that is good for long. */
  get isSetUp(): boolean {
    return this.#row?.registered === true && this.#row.removed !== true && !this.#certificateAges();
  }

  #certificateAges(): boolean {
    const certificate = this.#row?.certificate;
    const expiryMs = certificate === undefined
      ? 0
      : readCertificate(bytesOf(certificate))?.expiryMs ?? 0;
    return this.secrets !== undefined &&
      expiryMs - this.ports.clock.now() < CERTIFICATE_LIFE_MS / 4;
  }

  /** What is stored of it. @throws where nothing is */
  present(): DeviceRow {
    if (this.#row === undefined) throw new Error("This device has no keys yet: set it up first");
    return this.#row;
  }

  async save(row: Omit<DeviceRow, "secrets"> & { secrets?: DeviceRow["secrets"] | undefined }) {
    const { secrets, ...rest } = row;
    const next: DeviceRow = secrets === undefined ? rest : { ...rest, secrets };
    await this.ports.store.write([jsonRow("device", ROW, next)]);
    this.#row = next;
  }
}

/** Bytes of a row. @throws where it is damaged */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error("A key in the device's store is damaged");
  return bytes;
}
