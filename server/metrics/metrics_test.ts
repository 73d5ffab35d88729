import assert from "node:assert/strict";
import { Metrics } from "./metrics.ts";

Deno.test("every figure is read as Prometheus text with its labels", async () => {
  const metrics = new Metrics();
  metrics.eventIn("client", "accepted");
  metrics.eventIn("client", "accepted");
  metrics.eventIn("federation", "rejected", 3);
  metrics.eventOut("federation", 2);
  metrics.stateResolved(3);
  metrics.delivered(1000);
  metrics.slowReaderCut();
  metrics.committed(7);
  metrics.answered({ route: "/client/v1/x", method: "GET", status: 200, ms: 4 });
  metrics.mailed("sent", 2);
  metrics.observeSockets(() => 12);
  metrics.observeQueue("append_log", () => 5);
  metrics.observeQueue("outbox", () => 6);
  metrics.observeMedia(() => [["uploaded_bytes", 4096]]);
  const text = await metrics.text();
  for (
    const line of [
      'openguild_events_in_total{door="client",outcome="accepted"} 2',
      'openguild_events_in_total{door="federation",outcome="rejected"} 3',
      'openguild_events_out_total{door="federation"} 2',
      'openguild_state_resolution_seconds_bucket{le="0.005"} 1',
      "openguild_deliveries_total 1000",
      "openguild_slow_readers_cut_total 1",
      'openguild_commit_batch_size_bucket{le="4"} 0',
      'openguild_commit_batch_size_bucket{le="8"} 1',
      'openguild_http_requests_total{route="/client/v1/x",method="GET",code="200"} 1',
      'openguild_mails_total{outcome="sent"} 2',
      "openguild_sockets 12",
      'openguild_media_total{count="uploaded_bytes"} 4096',
      'openguild_queue_depth{queue="append_log"} 5',
      'openguild_queue_depth{queue="outbox"} 6',
    ]
  ) assert.ok(text.split("\n").includes(line), `${line}\nis not in\n${text}`);
});
