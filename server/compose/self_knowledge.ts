import { Buffer } from "node:buffer";
import process from "node:process";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Config } from "../config/config.ts";
import { describeConfig } from "../config/describe_config.ts";
import { DoctorDesk } from "../doctor/doctor_desk.ts";
import type { DoctorDeps } from "../doctor/run_checks.ts";
import type { ServerRouteDeps } from "../http/client/server_route_deps.ts";
import type { Live } from "../http/live.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { PinnedSettings } from "../services/accounts/pinned_settings.ts";
import { FigureRecorder, type Gauges } from "../services/figures/record_figures.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/** What the server knows of itself: it records its figures, and looks itself over when asked. */
export function composeSelfKnowledge(
  config: Config,
  system: SystemParts,
  input: {
    readonly store: StoreParts;
    readonly metrics: Metrics;
    readonly live: Pick<Live, "hub">;
    readonly serverName: ServerName;
    readonly pinned: PinnedSettings;
    /** The opened parts that the checks look at. */
    readonly examined: Pick<DoctorDeps, "blobs" | "federation" | "voice">;
    readonly stack: AsyncDisposableStack;
  },
): ServerRouteDeps {
  const { store, metrics, live, stack } = input;
  const { clock, rng, log } = system;
  const { database } = store;
  const gauges = (): Gauges => ({
    sockets: live.hub.sessionCount,
    memoryBytes: process.memoryUsage.rss(),
    waiting: store.appendLog.load.waiting,
  });
  stack.use(
    new FigureRecorder({
      sql: database.sql,
      clock,
      log: log.child({ part: "figures" }),
      tally: metrics.tally,
      gauges,
      process: Buffer.from(rng.bytes(9)).toString("base64url"),
    }),
  );
  const doctor = new DoctorDesk(clock, async () => {
    // Only when asked: the checks bring what a running server does not need.
    const { runChecks } = await import("../doctor/run_checks.ts");
    const { examined } = input;
    return await runChecks({ config, clock, rng, log, database, ...examined, isRunning: true });
  });
  return {
    sql: database.sql,
    clock,
    serverName: input.serverName,
    pinned: input.pinned,
    gauges,
    startedTs: clock.now(),
    dataFolder: config.dataFolder,
    configuration: describeConfig(config),
    configFile: config.file ?? null,
    doctor,
  };
}
