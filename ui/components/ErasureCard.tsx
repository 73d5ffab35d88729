import type { Erasure } from "../../core/api/erasure.ts";
import { formatRelative } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";

/** What each server made of an order to erase: a receipt, a refusal, or nothing yet. */
export function ErasureCard({ erasure, nowMs }: { erasure: Erasure; nowMs: number }) {
  return (
    <div class="quoted">
      <p class="small strong">
        {t("erase.ordered", { when: formatRelative(erasure.created_ts, nowMs) })}
      </p>
      <ul class="bullets">
        {erasure.servers.map((server) => (
          <li key={server.server} class="small break">
            {server.state === "done"
              ? t("erase.done", { server: server.server, n: server.erased ?? 0 })
              : t(server.state === "refused" ? "erase.refused" : "erase.pending", {
                server: server.server,
              })} {server.state !== "done" && server.error}
          </li>
        ))}
      </ul>
    </div>
  );
}
