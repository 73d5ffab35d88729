import type { PduOutcome, PduResult } from "../../core/api/federation/send.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Log } from "../../core/ports/log.ts";
import type { OutboundMeter } from "./ports.ts";
import type { Cut } from "./transaction.ts";

/** Outcomes after which the other will never show the event. */
const REFUSED: ReadonlySet<PduOutcome> = new Set(["rejected", "dropped"]);

/** Counts what became of events, and names those that the other refused; none is sent again. */
export function reportResults(
  deps: { readonly meter: OutboundMeter; readonly log: Log },
  server: ServerName,
  sent: { readonly cut: Cut; readonly results: readonly PduResult[] },
): void {
  const counts = new Map<PduOutcome, number>();
  for (const { outcome } of sent.results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  for (const [outcome, count] of counts) deps.meter.pdus(outcome, count);
  const refused = sent.cut.events
    .map(({ eventId }, index) => ({ eventId, ...sent.results[index] }))
    .filter(({ outcome }) => outcome !== undefined && REFUSED.has(outcome));
  if (refused.length === 0) return;
  deps.log.log("warn", "A server refuses events of ours.", {
    server,
    count: refused.length,
    events: refused.slice(0, 5).map(({ eventId, outcome, reason }) => ({
      event: eventId,
      outcome,
      reason,
    })),
  });
}
