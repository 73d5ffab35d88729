import { deviceIdFromBytes } from "../../ids/device_id.ts";
import { base64Of } from "../bytes.ts";
import { makeCertificate } from "../certificate.ts";
import {
  type CrossSigning,
  identityOf,
  type IdentitySecrets,
  newIdentity,
  writeIdentity,
} from "../identity.ts";
import { publicKeyOf } from "../signing.ts";
import { bytesOf, CERTIFICATE_LIFE_MS, type OwnDevice } from "./own_device.ts";
import { CallRefused } from "./ports.ts";

/**
 * How a device comes by its keys, its user's identity and its certificate. Fetched when it comes to
 * that: a device that is set up needs none of it for most of a year.
 */

/** Keys on the first call; the identity where the user has none; certificate and registration. */
export async function setUp(device: OwnDevice, name: string): Promise<void> {
  if (device.phase === "new" || device.phase === "removed") await makeKeys(device, name);
  if (device.isSetUp) return;
  const secrets = device.secrets ?? await firstIdentity(device);
  if (secrets !== undefined && await isCurrent(device, secrets)) await certify(device, secrets);
  else await register(device);
}

async function makeKeys(device: OwnDevice, name: string): Promise<void> {
  const { rng } = device.ports;
  const seed = rng.bytes(32);
  await device.save({
    deviceId: deviceIdFromBytes(rng.bytes(16)),
    name,
    seed: base64Of(seed),
    signatureKey: base64Of(await publicKeyOf(seed)),
    registered: false,
  });
}

/** A new identity, stored before it is published; undefined where another device was first. */
async function firstIdentity(device: OwnDevice): Promise<IdentitySecrets | undefined> {
  if (await publishedMsk(device) !== undefined) return undefined;
  const { secrets } = await newIdentity(device.userId, device.ports.rng);
  await keepSecrets(device, secrets);
  return secrets;
}

/** Whether the server shows these keys as the user's; publishes them where it shows none. */
async function isCurrent(device: OwnDevice, secrets: IdentitySecrets): Promise<boolean> {
  const identity = await identityOf(secrets);
  const published = await publishedMsk(device);
  if (published === base64Of(identity.msk)) return true;
  if (published === undefined && await publishFirst(device, identity)) return true;
  await device.save({ ...device.present(), secrets: undefined });
  return false;
}

/** False where another device was first. */
async function publishFirst({ ports }: OwnDevice, identity: CrossSigning): Promise<boolean> {
  try {
    await ports.transport.call("publishIdentity", { body: writeIdentity(identity) });
    return true;
  } catch (error) {
    if (!(error instanceof CallRefused) || error.code !== "conflict") throw error;
    return false;
  }
}

/** The master key that the server shows for this user, base64. */
export async function publishedMsk(device: OwnDevice): Promise<string | undefined> {
  const { users } = await device.ports.transport.call("queryIdentities", {
    body: { users: [device.userId] },
  });
  return users[0]?.identity?.msk;
}

/** The user's identity is this; what it verified counts from now on. */
export async function keepSecrets(device: OwnDevice, secrets: IdentitySecrets): Promise<void> {
  const { msk } = await identityOf(secrets);
  await device.save({
    ...device.present(),
    secrets: {
      msk: base64Of(secrets.msk),
      ssk: base64Of(secrets.ssk),
      usk: base64Of(secrets.usk),
    },
  });
  await device.trust.verify(device.userId, msk);
}

/** Certifies this device with the user's identity and registers it. */
export async function certify(device: OwnDevice, secrets: IdentitySecrets): Promise<void> {
  const row = device.present();
  const certificate = await makeCertificate(secrets, await identityOf(secrets), {
    device: row.deviceId,
    signatureKey: bytesOf(row.signatureKey),
    expiryMs: device.ports.clock.now() + CERTIFICATE_LIFE_MS,
  });
  await device.save({ ...row, certificate: base64Of(certificate) });
  await register(device);
}

/** Makes another identity and publishes it; nothing of this device has it yet. */
export async function publishNew({ userId, ports }: OwnDevice): Promise<IdentitySecrets> {
  const { secrets, identity } = await newIdentity(userId, ports.rng);
  const body = { ...writeIdentity(identity), reset: true };
  await ports.transport.call("publishIdentity", { body });
  return secrets;
}

/** Goes over to a new identity: the old certificate and what it signed count no more. */
export async function renew(device: OwnDevice, secrets: IdentitySecrets): Promise<void> {
  await keepSecrets(device, secrets);
  await certify(device, secrets);
}

/**
 * Tells the server; again is harmless. Without a certificate the device only has an inbox, in
 * which it can be verified. Marks it removed where the server has cut it off.
 */
export async function register(device: OwnDevice): Promise<void> {
  const row = device.present();
  const { certificate = null } = row;
  try {
    await device.ports.transport.call("registerDevice", {
      params: { device_id: row.deviceId },
      body: { certificate, name: row.name },
    });
    await device.save({ ...device.present(), registered: certificate !== null });
  } catch (error) {
    if (!(error instanceof CallRefused) || error.code !== "conflict") throw error;
    await device.save({ ...device.present(), removed: true });
  }
}
