import { base64Of } from "../../core/e2ee/bytes.ts";
import { makeCertificate } from "../../core/e2ee/certificate.ts";
import {
  type CrossSigning,
  type IdentitySecrets,
  newIdentity,
  writeIdentity,
} from "../../core/e2ee/identity.ts";
import { publicKeyOf } from "../../core/e2ee/signing.ts";
import { type DeviceId, deviceIdFromBytes } from "../../core/ids/device_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { systemRng } from "../../server/system/rng.ts";

const DAY = 86_400_000;

/** The keys of one user, as a client makes them. */
export interface TestIdentity {
  readonly secrets: IdentitySecrets;
  readonly identity: CrossSigning;
  /** As it is published. */
  readonly json: ReturnType<typeof writeIdentity>;
}

export async function testIdentity(user: UserId): Promise<TestIdentity> {
  const { secrets, identity } = await newIdentity(user, systemRng);
  return { secrets, identity, json: writeIdentity(identity) };
}

/** A device with a certificate of an identity, good for 30 days from `nowMs`. */
export interface TestDevice {
  readonly id: DeviceId;
  /** Seed of the signature key. */
  readonly seed: Uint8Array;
  readonly certificate: string;
}

export async function testDevice(
  { secrets, identity }: Pick<TestIdentity, "secrets" | "identity">,
  nowMs: number,
  given: { readonly id?: DeviceId; readonly seed?: Uint8Array; readonly forMs?: number } = {},
): Promise<TestDevice> {
  const id = given.id ?? deviceIdFromBytes(systemRng.bytes(16));
  const seed = given.seed ?? systemRng.bytes(32);
  const certificate = await makeCertificate(secrets, identity, {
    device: id,
    signatureKey: await publicKeyOf(seed),
    expiryMs: nowMs + (given.forMs ?? 30 * DAY),
  });
  return { id, seed, certificate: base64Of(certificate) };
}
