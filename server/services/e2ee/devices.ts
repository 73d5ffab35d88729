import { E2EE_DEVICES, type OwnDevice } from "../../../core/api/e2ee_devices.ts";
import { base64Of, equalBytes, fromBase64 } from "../../../core/e2ee/bytes.ts";
import { checkCertificate, readCertificate } from "../../../core/e2ee/certificate.ts";
import { OperationError } from "../../../core/errors.ts";
import { type DeviceId, parseDeviceId } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { endSessions } from "../accounts/end_sessions.ts";
import { changedDevices } from "./change_devices.ts";
import type { DeviceDeps } from "./device_deps.ts";
import { type DeviceRow, findIdentities, lockDeviceList } from "./device_rows.ts";

type Who = Pick<Caller, "userId" | "sessionId">;
type LiveRow = DeviceRow & { readonly session_id: string };
type ChangeDeps = Pick<DeviceDeps, "sql" | "clock" | "throttle" | "verifier" | "followers">;

/** What a session says of itself when it becomes a device. */
export interface Registration {
  readonly rawId: string;
  readonly certificate: string | null;
  readonly name: string;
}

/** An account's own devices, the last used first. */
export async function listDevices(
  deps: Pick<DeviceDeps, "sql">,
  { userId, sessionId }: Who,
): Promise<OwnDevice[]> {
  const rows = await deps.sql<(LiveRow & { readonly last_used_ts: number })[]>`
    select d.*, s.last_used_ts from devices d join sessions s using (session_id)
    where d.user_id = ${userId} order by s.last_used_ts desc, d.device_id`;
  return rows.map((row) => ({
    id: row.device_id,
    session_id: row.session_id,
    name: row.name,
    certificate: row.certificate === null ? null : base64Of(row.certificate),
    created_ts: row.created_ts,
    last_seen_ts: row.last_used_ts,
    current: row.session_id === sessionId,
  }));
}

/**
 * Makes the caller's session a device, or renews what it said before. A session is one device: a
 * former one of it goes.
 * @throws OperationError `invalid`, `conflict`, `limit_reached`, `rate_limited`, `unauthorized`
 */
export async function registerDevice(
  deps: ChangeDeps,
  who: Who,
  { rawId, certificate: said, name }: Registration,
): Promise<OwnDevice> {
  const deviceId = requireDeviceId(rawId);
  const certificate = said === null ? null : fromBase64(said) ?? null;
  // Every change is told to everybody who encrypts to this account.
  const claims = [{ policy: "deviceChange", who: who.userId }] as const;
  await deps.throttle.take("changes of your devices", claims);
  const changed = await deps.sql.begin(async (tx) => {
    await lockDeviceList(tx, who.userId);
    await requireSession(tx, who);
    const signatureKey = certificate === null
      ? null
      : await requireGood(tx, deps, { userId: who.userId, deviceId, certificate });
    const held = await requireFree(tx, who, { deviceId, signatureKey });
    await tx`
      delete from devices where session_id = ${who.sessionId} and device_id <> ${deviceId}`;
    await requireRoom(tx, who.userId, deviceId);
    await tx`
      insert into devices (user_id, device_id, session_id, certificate, signature_key, name,
        created_ts)
      values (${who.userId}, ${deviceId}, ${who.sessionId}, ${certificate}, ${signatureKey},
        ${name}, ${deps.clock.now()})
      on conflict (user_id, device_id) do update set session_id = excluded.session_id,
        certificate = excluded.certificate, signature_key = excluded.signature_key,
        name = excluded.name`;
    if (held !== undefined && isSame(held, { certificate, sessionId: who.sessionId })) return false;
    await changedDevices(tx, deps, who.userId);
    return true;
  });
  if (changed) deps.followers.after([who.userId]);
  else await deps.throttle.giveBack(claims);
  return await requireOwn(deps, who, deviceId);
}

/** @throws OperationError `invalid`, `not_found` */
export async function renameDevice(
  deps: Pick<DeviceDeps, "sql">,
  who: Who,
  { rawId, name }: { readonly rawId: string; readonly name: string },
): Promise<OwnDevice> {
  const deviceId = requireDeviceId(rawId);
  await deps.sql`
    update devices set name = ${name} where user_id = ${who.userId} and device_id = ${deviceId}`;
  return await requireOwn(deps, who, deviceId);
}

/** Cuts a device off: it and its session are gone. @throws OperationError `not_found` */
export async function removeDevice(
  deps: Pick<DeviceDeps, "sql" | "bus" | "sessions" | "followers">,
  who: Who,
  rawId: string,
): Promise<void> {
  const deviceId = parseDeviceId(rawId);
  const ended = await deps.sql.begin(async (tx) => {
    await lockDeviceList(tx, who.userId);
    const [row] = await tx<Pick<DeviceRow, "session_id">[]>`
      delete from devices where user_id = ${who.userId} and device_id = ${deviceId ?? ""}
      returning session_id`;
    if (row === undefined) throw noSuchDevice(rawId);
    await tx`delete from sessions where session_id = ${row.session_id}`;
    await changedDevices(tx, deps, who.userId);
    return row.session_id === null ? [] : [row.session_id];
  });
  deps.followers.after([who.userId]);
  endSessions(deps, {
    userId: who.userId,
    sessionIds: ended,
    reason: "This device was removed from the account.",
  });
}

async function requireOwn(
  deps: Pick<DeviceDeps, "sql">,
  who: Who,
  deviceId: DeviceId,
): Promise<OwnDevice> {
  const device = (await listDevices(deps, who)).find(({ id }) => id === deviceId);
  if (device === undefined) throw noSuchDevice(deviceId);
  return device;
}

/** A session that has ended while its request was under way becomes no device. */
async function requireSession(tx: Tx, { sessionId }: Who): Promise<void> {
  const rows = await tx`select 1 from sessions where session_id = ${sessionId} for key share`;
  if (rows.length === 0) {
    throw new OperationError("unauthorized", "Sign in first: this session has ended.");
  }
}

/** The key of a certificate that is this account's, for this device, good and not too old. */
async function requireGood(
  tx: Tx,
  deps: Pick<DeviceDeps, "clock" | "verifier">,
  { userId, deviceId, certificate: bytes }: {
    readonly userId: UserId;
    readonly deviceId: DeviceId;
    readonly certificate: Uint8Array;
  },
): Promise<Uint8Array> {
  const identity = (await findIdentities(tx, [userId])).get(userId);
  if (identity === undefined) {
    throw new OperationError(
      "conflict",
      "This account has published no identity yet, so no certificate can be checked: do that first.",
    );
  }
  const certificate = readCertificate(bytes);
  if (certificate === undefined) throw badCertificate("malformed");
  if (certificate.user !== userId) throw badCertificate("other_user");
  if (certificate.device !== deviceId) throw badCertificate("other_device");
  if (!equalBytes(certificate.ssk, identity.ssk)) throw badCertificate("other_identity");
  const verdict = await checkCertificate({
    bytes,
    signatureKey: certificate.signatureKey,
    pinnedMsk: identity.msk,
    nowMs: deps.clock.now(),
  }, deps.verifier);
  if (verdict !== "good") throw badCertificate(verdict);
  return certificate.signatureKey;
}

function badCertificate(fault: string): OperationError {
  return new OperationError(
    "invalid",
    `The device's certificate is not taken (${fault}): make one with the account's present identity.`,
    { details: { fault } },
  );
}

/** The device as it was, where the caller may go on with it. */
async function requireFree(
  tx: Tx,
  { userId, sessionId }: Who,
  { deviceId, signatureKey }: {
    readonly deviceId: DeviceId;
    readonly signatureKey: Uint8Array | null;
  },
): Promise<DeviceRow | undefined> {
  const [held] = await tx<DeviceRow[]>`
    select * from devices where user_id = ${userId} and device_id = ${deviceId} for update`;
  if (held === undefined) return undefined;
  if (held.session_id !== null && held.session_id !== sessionId) {
    throw new OperationError(
      "conflict",
      `Device ${deviceId} belongs to another session: a new device needs a new id.`,
    );
  }
  const { signature_key: former } = held;
  if (former !== null && (signatureKey === null || !equalBytes(former, signatureKey))) {
    throw new OperationError(
      "conflict",
      `Device ${deviceId} has another signature key: with a new key it is a new device.`,
    );
  }
  return held;
}

async function requireRoom(tx: Queryable, userId: UserId, deviceId: DeviceId): Promise<void> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from devices
    where user_id = ${userId} and device_id <> ${deviceId} and session_id is not null`;
  if ((row?.count ?? 0) < E2EE_DEVICES.perUser) return;
  throw new OperationError(
    "limit_reached",
    `This account has ${E2EE_DEVICES.perUser} devices, which is the most: remove one that you no longer use.`,
  );
}

function isSame(
  held: DeviceRow,
  next: { readonly certificate: Uint8Array | null; readonly sessionId: string },
): boolean {
  if (held.session_id !== next.sessionId) return false;
  if (held.certificate === null || next.certificate === null) {
    return held.certificate === next.certificate;
  }
  return equalBytes(held.certificate, next.certificate);
}

function requireDeviceId(raw: string): DeviceId {
  const id = parseDeviceId(raw);
  if (id !== undefined) return id;
  throw new OperationError(
    "invalid",
    `${JSON.stringify(raw.slice(0, 64))} is no device id: base58 of 16 bytes is expected.`,
  );
}

function noSuchDevice(raw: string): OperationError {
  return new OperationError(
    "not_found",
    `This account has no device ${JSON.stringify(raw.slice(0, 64))}; it may be gone already.`,
  );
}
