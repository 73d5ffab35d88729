import assert from "node:assert/strict";
import { Metrics } from "./metrics.ts";

Deno.test("every figure is read as Prometheus text with its labels", () => {
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
  const text = metrics.text();
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

Deno.test("OPERATIONS names every figure, each as /metrics has it", async () => {
  const metrics = new Metrics();
  metrics.eventIn("client", "accepted");
  metrics.outbound.transaction("sent");
  metrics.outbound.pdus("accepted", 1);
  metrics.outbound.edus("sent", 1);
  metrics.stateResolved(1);
  metrics.delivered(1);
  metrics.slowReaderCut();
  metrics.committed(1);
  metrics.commitTook(1);
  metrics.encryptionFailed("other", 1);
  metrics.voiceJoined();
  metrics.mailed("sent", 1);
  metrics.previewed("found");
  metrics.searchFailed();
  metrics.answered({ route: "/", method: "GET", status: 200, ms: 1 });
  metrics.observeSockets(() => 1);
  metrics.observeQueue("outbox", () => 1);
  metrics.observeDestinations(() => [["well", 1]]);
  metrics.observeFederationLag(() => 1);
  metrics.observeMedia(() => [["uploaded_bytes", 1]]);
  metrics.observeConnections(() => 1);
  metrics.observeMemory(() => 1);
  const packets = [["udp", "sent", 1]] as const;
  metrics.observeVoice(() => ({
    callSizes: [1],
    connected: 1,
    packets,
    bytes: packets,
    rooms: [{ room: 1, connected: 1, connecting: 0, packets, bytes: packets }],
    handshakesFailed: 0,
    engine: "stock",
    bounds: [["max_calls", 1]],
  }));
  const served = [...metrics.text().matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const text = await Deno.readTextFile(new URL("../../docs/OPERATIONS.md", import.meta.url));
  const named = new Set([...text.matchAll(/`((?:openguild|process)_[a-z_]+)/g)].map((it) => it[1]));
  assert.deepEqual([...named].sort(), served.sort());
});

Deno.test("labels of a figure stay bounded, and what is written in them cannot be taken for others", () => {
  const metrics = new Metrics();
  assert.equal(metrics.text(), "");
  metrics.encryptionFailed('we"ird\\ \n', 2);
  assert.match(metrics.text(), /_total\{reason="we\\"ird\\\\ \\n"\} 2\n$/);
  for (let i = 0; i < 3000; i++) metrics.mailed(String(i), 1);
  const lines = metrics.text().split("\n").filter((line) =>
    line.startsWith("openguild_mails_total")
  );
  assert.equal(lines.length, 2001);
  assert.equal(lines.at(-1), 'openguild_mails_total{overflow="true"} 1000');
});

Deno.test("several parts answer for one figure, and a histogram adds up to its count", () => {
  const metrics = new Metrics();
  metrics.observeQueue("a", () => 1);
  metrics.observeQueue("b", () => 2);
  metrics.committed(1);
  metrics.committed(5000);
  const lines = metrics.text().split("\n");
  assert.equal(lines.filter((line) => line.startsWith("# TYPE openguild_queue_depth")).length, 1);
  assert.ok(lines.includes('openguild_queue_depth{queue="a"} 1'));
  assert.ok(lines.includes('openguild_queue_depth{queue="b"} 2'));
  assert.ok(lines.includes('openguild_commit_batch_size_bucket{le="1024"} 1'));
  assert.ok(lines.includes('openguild_commit_batch_size_bucket{le="+Inf"} 2'));
  assert.ok(lines.includes("openguild_commit_batch_size_sum 5001"));
  assert.ok(lines.includes("openguild_commit_batch_size_count 2"));
});
