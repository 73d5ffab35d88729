import { silentLog } from "../../server/system/log.ts";
import { EngineServer, type Faults } from "./engine_server.ts";
import { FastVerifier } from "./fast_verifier.ts";
import type { Troupe } from "./history.ts";
import { HostileServer } from "./hostile_server.ts";

/** Signatures verified in all histories of a process. */
const verifier = new FastVerifier();

/** Servers that run the engine, and hostile ones where the schedule has them. */
export function engineTroupe(
  options: { readonly faults?: Faults; readonly made?: Map<string, number> } = {},
): Troupe {
  return ({ world, network, founding, seed }, schedule) => {
    const count = schedule.servers - schedule.hostile;
    const honest = founding.servers.slice(0, count).map((self, at) =>
      new EngineServer({
        world,
        network,
        founding,
        self,
        verifier,
        seed: seed * 31 + at,
        log: silentLog,
        ...(options.faults === undefined ? {} : { faults: options.faults }),
      })
    );
    const hostile = founding.servers.slice(count).map((self, at) =>
      new HostileServer({
        world,
        network,
        founding,
        self,
        seed: seed * 31 + count + at,
        made: options.made ?? new Map(),
      })
    );
    return { honest, hostile: (act) => hostile[act.server - count]?.act(act) };
  };
}
