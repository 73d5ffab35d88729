import type { Blake3 } from "../../core/event/hash.ts";
import type { FederationHandler } from "../ports.ts";
import { backfillHandler } from "./backfill.ts";
import { controlHandler } from "./control.ts";
import { eventsHandler } from "./events.ts";
import { headsHandler } from "./heads.ts";
import { missingEventsHandler } from "./missing_events.ts";
import type { ReadDeps } from "./read_deps.ts";
import { stateHandler } from "./state.ts";

/** All that other servers may ask about rooms. */
export function roomReadHandlers(
  deps: ReadDeps & { readonly blake3: Blake3 },
): FederationHandler[] {
  return [
    eventsHandler(deps),
    backfillHandler(deps),
    missingEventsHandler(deps),
    stateHandler(deps),
    controlHandler(deps),
    headsHandler(deps),
  ];
}
