import type { UserId } from "../../../core/ids/user_id.ts";
import type { GroupDeps } from "./group_deps.ts";

export interface FailureMeter {
  encryptionFailed(reason: string, count: number): void;
}

/** Counts what devices say went wrong, without who or where. @throws OperationError `rate_limited` */
export async function countFailures(
  deps: Pick<GroupDeps, "throttle"> & { readonly meter: FailureMeter },
  userId: UserId,
  failures: readonly { readonly reason: string; readonly count: number }[],
): Promise<Record<string, never>> {
  await deps.throttle.take("reports of failures", [{ policy: "failureReport", who: userId }]);
  for (const { reason, count } of failures) deps.meter.encryptionFailed(reason, count);
  return {};
}
