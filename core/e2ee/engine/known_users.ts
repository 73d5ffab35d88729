import type { UserId } from "../../ids/user_id.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import { checkIdentity, readIdentity } from "../identity.ts";
import type { EngineCore } from "./core.ts";
import type { KnownUser } from "./types.ts";

/** A user's identity and devices, as their server shows them and as far as that is proven. */
export async function knownUser(core: EngineCore, userId: string): Promise<KnownUser> {
  const { trust, ports, device } = core;
  const { users } = await ports.transport.call("queryIdentities", { body: { users: [userId] } });
  const told = users[0];
  await observe(core, userId, told?.identity);
  const certified = await Promise.all((told?.devices ?? []).map(async (one) => {
    const bytes = fromBase64(one.certificate) ?? new Uint8Array();
    const key = readCertificate(bytes)?.signatureKey ?? new Uint8Array();
    const certificate = await trust.certificateOf(bytes, key);
    const genuine = certificate?.user === userId && certificate.device === one.device;
    return {
      device: one.device,
      current: one.device === device.id && userId === device.userId,
      certified: genuine && base64Of(certificate.msk) === trust.pin(userId)?.msk,
    };
  }));
  const pin = trust.pin(userId);
  return {
    userId,
    msk: pin?.msk,
    verified: pin?.verified ?? false,
    changedTo: pin?.changedTo,
    devices: certified,
  };
}

/** A master key that a server shows counts where its signatures hold, as a first or another one. */
async function observe(
  { trust }: EngineCore,
  userId: string,
  json: Parameters<typeof readIdentity>[1] | null | undefined,
): Promise<void> {
  const identity = json ? readIdentity(userId as UserId, json) : undefined;
  if (identity === undefined) return;
  if (await checkIdentity(identity, trust.parts.verifier) !== "good") return;
  await trust.observe([{ user: userId, msk: identity.msk }]);
}
