import { KEY_PACKAGE_LIMITS } from "../../../core/api/e2ee_keys.ts";
import { base64Of, equalBytes, fromBase64 } from "../../../core/e2ee/bytes.ts";
import { OperationError } from "../../../core/errors.ts";
import type { KeyPackageFacts } from "../../../core/mls/readers.ts";
import { SUITE } from "../../../core/mls/suite_number.ts";
import type { Caller } from "../../http/caller.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { countPackages } from "./claim_rows.ts";
import type { GroupDeps } from "./group_deps.ts";
import { readMls } from "./group_refusals.ts";
import {
  type Device,
  deviceKey,
  type RegisteredDevice,
  requireOwnDevice,
} from "./registered_devices.ts";
import { mlsChecks } from "./mls_parts.ts";

type Who = Pick<Caller, "userId" | "sessionId">;

interface Package {
  readonly facts: KeyPackageFacts;
  readonly bytes: Uint8Array;
}

export interface Upload {
  readonly packages: readonly string[];
  readonly last_resort?: string | undefined;
}

/**
 * Takes key packages of the caller's device. What is held already is held once.
 * @throws OperationError `invalid`, `forbidden`, `limit_reached`, `rate_limited`
 */
export async function uploadKeyPackages(
  deps: Pick<GroupDeps, "sql" | "clock" | "throttle">,
  who: Who,
  upload: Upload,
): Promise<{ left: number }> {
  const device = await requireOwnDevice(deps.sql, who);
  await deps.throttle.take("key packages of this device", [
    { policy: "keyUpload", who: deviceKey(device) },
  ]);
  const nowMs = deps.clock.now();
  const packages: Package[] = [];
  for (const [at, text] of upload.packages.entries()) {
    const field = `packages[${at}]`;
    packages.push(await readPackage(text, { device, nowMs, lastResort: false, field }));
  }
  const { last_resort: last } = upload;
  const lastResort = last === undefined
    ? undefined
    : await readPackage(last, { device, nowMs, lastResort: true, field: "last_resort" });
  const left = await deps.sql.begin(async (tx) => {
    await tx`
      delete from mls_key_packages where user_id = ${device.user} and device_id = ${device.device}
        and (not_after_ts <= ${nowMs} or (last_resort and ${lastResort !== undefined}))`;
    const all = lastResort === undefined ? packages : [...packages, lastResort];
    for (const each of all) await insertPackage(tx, device, { ...each, nowMs });
    return await leftOf(tx, device, nowMs);
  });
  return { left };
}

/** @throws OperationError `forbidden` */
export async function countKeyPackages(
  deps: Pick<GroupDeps, "sql" | "clock">,
  who: Who,
): Promise<{ left: number; last_resort: boolean; last_resort_used: boolean }> {
  const device = await requireOwnDevice(deps.sql, who);
  const nowMs = deps.clock.now();
  const [last] = await deps.sql<{ used_ts: number | null }[]>`
    select used_ts from mls_key_packages
    where user_id = ${device.user} and device_id = ${device.device} and last_resort
      and not_after_ts > ${nowMs}`;
  return {
    left: (await countPackages(deps.sql, [device], nowMs)).get(deviceKey(device)) ?? 0,
    last_resort: last !== undefined,
    last_resort_used: last !== undefined && last.used_ts !== null,
  };
}

async function insertPackage(
  tx: Tx,
  device: Device,
  { facts, bytes, nowMs }: Package & { readonly nowMs: number },
): Promise<void> {
  await tx`
    insert into mls_key_packages (ref, user_id, device_id, last_resort, suite, not_after_ts, bytes,
      created_ts)
    values (${base64Of(facts.ref)}, ${device.user}, ${device.device}, ${facts.lastResort},
      ${facts.suite}, ${facts.notAfterMs}, ${bytes}, ${nowMs})
    on conflict (ref) do nothing`;
}

/** @throws OperationError `limit_reached` */
async function leftOf(sql: Queryable, device: Device, nowMs: number): Promise<number> {
  const left = (await countPackages(sql, [device], nowMs)).get(deviceKey(device)) ?? 0;
  if (left <= KEY_PACKAGE_LIMITS.perDevice) return left;
  throw new OperationError(
    "limit_reached",
    `With these, ${left} key packages of this device would be held: at most ${KEY_PACKAGE_LIMITS.perDevice} are. Fill up to ${KEY_PACKAGE_LIMITS.full}.`,
  );
}

/** A package that names the device it comes from, and is good for a while. */
async function readPackage(
  text: string,
  { device, nowMs, lastResort, field }: {
    readonly device: RegisteredDevice;
    readonly nowMs: number;
    readonly lastResort: boolean;
    readonly field: string;
  },
): Promise<Package> {
  const bytes = fromBase64(text) ?? new Uint8Array();
  const facts = await readMls(field, async () => (await mlsChecks()).checkKeyPackage(bytes));
  const fault = faultOf(facts, { device, nowMs, lastResort });
  if (fault === undefined) return { facts, bytes };
  throw new OperationError("invalid", `${field} is not taken: ${fault}.`, { details: { field } });
}

function faultOf(
  facts: KeyPackageFacts,
  { device, nowMs, lastResort }: {
    readonly device: RegisteredDevice;
    readonly nowMs: number;
    readonly lastResort: boolean;
  },
): string | undefined {
  if (facts.suite !== SUITE) return `its suite is ${facts.suite}, rooms have suite ${SUITE}`;
  if (!equalBytes(facts.credential, device.certificate)) {
    return "its credential is not the certificate that this device is registered with";
  }
  if (!equalBytes(facts.signatureKey, device.signatureKey)) {
    return "its signature key is not that of this device";
  }
  if (facts.notAfterMs <= nowMs) return "it has expired";
  if (facts.notAfterMs > nowMs + KEY_PACKAGE_LIMITS.lifeMs) {
    return `it is good for more than ${KEY_PACKAGE_LIMITS.lifeMs / 86_400_000} days`;
  }
  if (facts.lastResort !== lastResort) {
    return lastResort ? "it is no package of last resort" : "it is a package of last resort";
  }
  return undefined;
}
