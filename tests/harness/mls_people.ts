import { getPublicKeyAsync } from "@noble/ed25519";
import type { DeviceKeys } from "../../core/mls/key_package.ts";
import { createMls, type Mls, type MlsOptions } from "../../core/mls/mls.ts";
import type { Owner } from "../../core/mls/policy.ts";
import type { Rng } from "../../core/ports/rng.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Devices whose certificate is plain `user/device/key`: enough for the rules of groups, where only
 * the owner counts. A certificate is accepted if it names the signature key it comes with.
 */
export async function makeDeviceKeys(rng: Rng, user: string, device: string): Promise<DeviceKeys> {
  const signatureSeed = rng.bytes(32);
  const signatureKey = await getPublicKeyAsync(signatureSeed);
  const credential = encoder.encode(`${user}/${device}/${signatureKey.toHex()}`);
  return { credential, signatureKey, signatureSeed };
}

export function ownerOf(credential: Uint8Array): Owner | undefined {
  const [user, device, key] = decoder.decode(credential).split("/");
  return user && device && key ? { user, device } : undefined;
}

export function accept(credential: Uint8Array, signatureKey: Uint8Array): boolean {
  return decoder.decode(credential).split("/")[2] === signatureKey.toHex();
}

export function makeMls(rng: Rng, options: Partial<MlsOptions> = {}): Promise<Mls> {
  return createMls({ accept, ownerOf, rng, ...options });
}
