import { PUSH, type PushDevice } from "../../../core/api/push.ts";
import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Caller } from "../../http/caller.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { PushAddress } from "../../push/seal_push.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { placeOfPush } from "./push_endpoint.ts";
import {
  countPushDevices,
  dropPushDevice,
  dropPushEndpoint,
  findPushTarget,
  listPushDevices,
  notePushed,
  type PushTarget,
  putPushDevice,
} from "./push_rows.ts";
import type { PushNotice } from "./push_notice.ts";
import type { PushOutcome } from "./push_sender.ts";

/** Who tries it waits for it. */
const TRIAL_S = 600;

export interface PushDesk {
  /** The server's public key. */
  readonly key: string;
  readonly testServices: ReadonlySet<string>;
  readonly send: (target: PushTarget, payload: string, ttlS: number) => Promise<PushOutcome>;
  readonly announce: (notice: PushNotice) => void;
}

type DeviceDeps = Pick<ChatDeps, "sql" | "clock">;
type DeskDeps = Pick<ChatDeps, "sql" | "clock" | "throttle"> & { readonly push: PushDesk };

export async function listDevices(
  { sql, clock }: DeviceDeps,
  { userId, sessionId }: Caller,
): Promise<PushDevice[]> {
  return await listPushDevices(sql, { userId, current: sessionId, nowMs: clock.now() });
}

/** @throws OperationError `invalid`, `limit_reached` */
export async function subscribeDevice(
  deps: DeskDeps,
  caller: Caller,
  address: PushAddress,
): Promise<PushDevice> {
  const { sql, clock, push } = deps;
  const { userId, sessionId } = caller;
  const place = placeOfPush(address.endpoint, push.testServices);
  if (typeof place === "string") throw new OperationError("invalid", place);
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK_CLASS.pushOf}, hashtext(${userId}))`;
    const held = await findPushTarget(tx, { userId, sessionId });
    if (held === undefined && await countPushDevices(tx, userId) >= PUSH.devicesPerAccount) {
      throw new OperationError(
        "limit_reached",
        `${PUSH.devicesPerAccount} devices of yours are told already, which is the most: ` +
          "take one away in the settings first.",
      );
    }
    await putPushDevice(tx, { ...address, userId, sessionId }, clock.now());
  });
  push.announce({ userId });
  const device = (await listDevices(deps, caller)).find(({ current }) => current);
  assert(device !== undefined, "what was kept is listed");
  return device;
}

/** @throws OperationError `not_found` */
export async function unsubscribeDevice(
  { sql }: DeviceDeps,
  { userId, sessionId: own }: Caller,
  named: string,
): Promise<void> {
  const sessionId = named === "current" ? own : named;
  if (await dropPushDevice(sql, { userId, sessionId })) return;
  throw new OperationError("not_found", "This device is not told of anything.");
}

/** Sends a trial, and says at once what came of it. @throws OperationError */
export async function tryDevice(
  { sql, clock, throttle, push }: DeskDeps,
  { userId, sessionId }: Caller,
): Promise<void> {
  const target = await findPushTarget(sql, { userId, sessionId });
  if (target === undefined) {
    throw new OperationError("not_found", "This device is not told of anything: allow it first.");
  }
  await throttle.take("trial notifications", [{ policy: "pushTrial", who: userId }]);
  const outcome = await push.send(target, JSON.stringify({ v: 1, kind: "trial" }), TRIAL_S);
  if (outcome.kind === "sent") return await notePushed(sql, target, clock.now());
  if (outcome.kind !== "gone") {
    throw new OperationError(
      "unavailable",
      "The push service of this browser did not take the message.",
      { cause: new Error(outcome.reason) },
    );
  }
  await dropPushEndpoint(sql, target);
  throw new OperationError(
    "not_found",
    "The push service says that this browser is not subscribed any more: switch it on again.",
  );
}
