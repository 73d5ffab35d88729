import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { PlainRoute } from "./app.ts";
import { jsonReply } from "./reply.ts";

/** One thing the server cannot work without; rejects or hangs while it fails. */
export interface ReadyCheck {
  readonly name: string;
  check(): Promise<void>;
}

/** Longest time a check may take before it counts as failed. */
const CHECK_MS = 2000;

/** GET /healthz: the process answers. Says nothing of what stands behind it. */
export function healthRoute(): PlainRoute {
  return {
    method: "GET",
    path: "/healthz",
    answer: () => Promise.resolve(jsonReply({ status: "ok" })),
  };
}

/** GET /readyz: 200 while every check passes and the server is not stopping, else 503. */
export function readyRoute(
  deps: { clock: Clock; log: Log; isStopping: () => boolean },
  checks: readonly ReadyCheck[],
): PlainRoute {
  return {
    method: "GET",
    path: "/readyz",
    async answer(facts) {
      const results = await Promise.all(checks.map(async (one) => {
        const failure = await failureOf(one, deps.clock);
        if (failure !== undefined) {
          deps.log.log("warn", "not ready", {
            request_id: facts.requestId,
            check: one.name,
            cause: failure,
          });
        }
        return [one.name, failure === undefined ? "ok" : "failed"] as const;
      }));
      const stopping = deps.isStopping();
      const ready = !stopping && results.every(([, result]) => result === "ok");
      return jsonReply(
        {
          status: ready ? "ready" : stopping ? "stopping" : "not ready",
          checks: Object.fromEntries(results),
        },
        { status: ready ? 200 : 503 },
      );
    },
  };
}

async function failureOf(one: ReadyCheck, clock: Clock): Promise<unknown> {
  const over = new AbortController();
  try {
    await Promise.race([
      one.check(),
      clock.sleep(CHECK_MS, over.signal).then(() => {
        throw new Error(`no answer in ${CHECK_MS} ms`);
      }),
    ]);
    return undefined;
  } catch (failure) {
    return failure ?? new Error("failed without a reason");
  } finally {
    over.abort();
  }
}
