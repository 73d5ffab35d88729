import {
  E2EE_DEVICES,
  type ToDeviceItem,
  type ToDeviceKind,
} from "../../../core/api/e2ee_devices.ts";
import { base64Of, fromBase64 } from "../../../core/e2ee/bytes.ts";
import type { ToDevice } from "../../../core/e2ee/to_device.ts";
import { OperationError } from "../../../core/errors.ts";
import { type DeviceId, parseDeviceId } from "../../../core/ids/device_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { requireUserId } from "../chat/place.ts";
import { hasBlocked } from "../relationships/relationship_rows.ts";
import type { DeviceDeps } from "./device_deps.ts";
import { publishDeviceNotice } from "./device_notice.ts";
import { deviceOfSession } from "./device_rows.ts";
import { knownAmong } from "./knows.ts";

interface ItemRow {
  readonly id: number;
  readonly from_id: UserId;
  readonly from_device: DeviceId | null;
  readonly kind: ToDeviceKind;
  readonly body: Uint8Array;
  readonly sent_ts: number;
}

/**
 * Sends to an inbox here, or hands over to the other's server, which decides for itself.
 * @throws OperationError `invalid`, `not_found`, `limit_reached`, `rate_limited`
 */
export async function sendToDevice(
  deps: Pick<DeviceDeps, "sql" | "clock" | "bus" | "throttle" | "serverName" | "remote">,
  caller: Pick<Caller, "userId" | "sessionId">,
  said: {
    readonly user_id: string;
    readonly device_id: string;
    readonly kind: ToDeviceKind;
    readonly body: string;
  },
): Promise<{ devices: number | null }> {
  const to = requireUserId(said.user_id);
  const device = said.device_id === "*" ? "*" : parseDeviceId(said.device_id);
  if (device === undefined) throw noSuchInbox(to);
  const { userId: from } = caller;
  await deps.throttle.take("messages to devices", [{ policy: "toDevice", who: from }]);
  const fromDevice = await deviceOfSession(deps.sql, caller.sessionId) ?? null;
  const message: ToDevice = {
    from,
    fromDevice,
    to,
    device,
    kind: said.kind,
    body: fromBase64(said.body) ?? new Uint8Array(),
  };
  if (!await takesFrom(deps.sql, to, from)) throw noSuchInbox(to);
  const server = serverOf(to);
  if (server !== deps.serverName) {
    const words = { from_device: fromDevice, device, kind: said.kind, body: said.body };
    await deps.remote.tellNow({ kind: "to_device", to: server, from, user: to, message: words });
    return { devices: null };
  }
  const outcome = await putIntoInboxes(deps, message);
  if (outcome.devices === 0 && outcome.full === 0) throw noSuchInbox(to);
  if (outcome.devices === 0) {
    throw new OperationError(
      "limit_reached",
      `Too much waits for the devices of ${to} already: it must be fetched first.`,
    );
  }
  return { devices: outcome.devices };
}

/**
 * What a device of another server says to one here: its server counts for all its people, and the
 * user decides by friends, rooms and blocks. Whatever is not taken is not answered.
 */
export async function hearToDevice(
  deps: Pick<DeviceDeps, "sql" | "clock" | "bus" | "throttle" | "serverName" | "elsewhere">,
  message: ToDevice,
): Promise<void> {
  const { from, to } = message;
  if (serverOf(to) !== deps.serverName || serverOf(from) === deps.serverName) return;
  if (message.body.length > E2EE_DEVICES.bodyBytes) return;
  try {
    const claims = [{ policy: "toDeviceServer", who: serverOf(from) }] as const;
    await deps.throttle.take("messages to devices", claims);
    await deps.throttle.take("messages to devices", [{ policy: "toDevice", who: from }]);
  } catch (error) {
    if (error instanceof OperationError) return;
    throw error;
  }
  if (!await takesFrom(deps.sql, to, from)) return;
  // Before the inbox is told: who reads it asks at once whose device that is.
  await deps.elsewhere.meet(from, message.fromDevice);
  await putIntoInboxes(deps, message);
}

/** Whether `to` hears from devices of `from`: itself, friends, and people of its rooms. */
export async function takesFrom(sql: Queryable, to: UserId, from: UserId): Promise<boolean> {
  if (to === from) return true;
  const known = await knownAmong(sql, from, [to]);
  return known.has(to) && !await hasBlocked(sql, [to, from]);
}

/**
 * Puts a message where it belongs. Inboxes that are full, of this sender's messages or of all, are
 * left out.
 */
export async function putIntoInboxes(
  deps: Pick<DeviceDeps, "sql" | "clock" | "bus">,
  message: ToDevice,
): Promise<{ devices: number; full: number }> {
  const { to, from, fromDevice, device } = message;
  const { taken, full } = await deps.sql.begin(async (tx) => {
    const rows = await tx<{ device_id: DeviceId }[]>`
      select device_id from devices
      where user_id = ${to} and session_id is not null
        and (device_id = ${device} or ${device === "*"})
        and not (${device === "*" && to === from} and device_id = ${fromDevice ?? ""})
      order by device_id for update`;
    const ids = rows.map((row) => row.device_id);
    const open = await withRoom(tx, { to, from, ids });
    if (open.length > 0) {
      await tx`
        insert into to_device (user_id, device_id, from_id, from_device, kind, body, sent_ts)
        select ${to}, d.id, ${from}, ${fromDevice}, ${message.kind}, ${message.body},
          ${deps.clock.now()}
        from unnest(${open}::text[]) as d (id)`;
    }
    return { taken: open, full: ids.length - open.length };
  });
  if (taken.length > 0) {
    publishDeviceNotice(deps.bus, { kind: "inbox", userId: to, deviceIds: taken });
  }
  return { devices: taken.length, full };
}

/** Of these inboxes, whose rows are locked, those that take one more. */
async function withRoom(
  tx: Tx,
  { to, from, ids }: {
    readonly to: UserId;
    readonly from: UserId;
    readonly ids: readonly DeviceId[];
  },
): Promise<DeviceId[]> {
  if (ids.length === 0) return [];
  const rows = await tx<{ device_id: DeviceId; waiting: number; hers: number }[]>`
    select device_id, count(*)::int as waiting,
      count(*) filter (where from_id = ${from})::int as hers
    from to_device where user_id = ${to} and device_id = any(${[...ids]}) group by device_id`;
  const counts = new Map(rows.map((row) => [row.device_id, row]));
  return ids.filter((id) => {
    const { waiting = 0, hers = 0 } = counts.get(id) ?? {};
    return waiting < E2EE_DEVICES.inboxItems && hers < E2EE_DEVICES.inboxItemsPerSender;
  });
}

/** What waits for the caller's device, oldest first. @throws OperationError `not_found` */
export async function listToDevice(
  deps: Pick<DeviceDeps, "sql" | "clock">,
  caller: Pick<Caller, "userId" | "sessionId">,
): Promise<{ items: ToDeviceItem[]; more: boolean }> {
  const deviceId = await requireDevice(deps.sql, caller);
  const rows = await deps.sql<ItemRow[]>`
    select id, from_id, from_device, kind, body, sent_ts from to_device
    where user_id = ${caller.userId} and device_id = ${deviceId}
      and sent_ts > ${deps.clock.now() - E2EE_DEVICES.inboxLifeMs}
    order by id limit ${E2EE_DEVICES.inboxPage + 1}`;
  return {
    items: rows.slice(0, E2EE_DEVICES.inboxPage).map((row) => ({
      id: String(row.id),
      from: row.from_id,
      from_device: row.from_device,
      kind: row.kind,
      body: base64Of(row.body),
      sent_ts: row.sent_ts,
    })),
    more: rows.length > E2EE_DEVICES.inboxPage,
  };
}

/** The caller's device has taken a message in. @throws OperationError `not_found` */
export async function deleteToDevice(
  deps: Pick<DeviceDeps, "sql">,
  caller: Pick<Caller, "userId" | "sessionId">,
  rawId: string,
): Promise<void> {
  const deviceId = await requireDevice(deps.sql, caller);
  if (!/^[0-9]{1,15}$/.test(rawId)) return;
  await deps.sql`
    delete from to_device
    where id = ${Number(rawId)} and user_id = ${caller.userId} and device_id = ${deviceId}`;
}

/** Forgets what nobody has fetched in time; says how many. */
export async function sweepToDevice(deps: Pick<DeviceDeps, "sql" | "clock">): Promise<number> {
  const gone = await deps.sql`
    delete from to_device where sent_ts <= ${deps.clock.now() - E2EE_DEVICES.inboxLifeMs}`;
  return gone.count;
}

async function requireDevice(
  sql: Queryable,
  { sessionId }: Pick<Caller, "sessionId">,
): Promise<DeviceId> {
  const id = await deviceOfSession(sql, sessionId);
  if (id !== undefined) return id;
  throw new OperationError("not_found", "This session is no device yet: register it first.");
}

function noSuchInbox(user: UserId): OperationError {
  return new OperationError(
    "not_found",
    `${user} has no such device, or takes no messages of yours to it.`,
  );
}
