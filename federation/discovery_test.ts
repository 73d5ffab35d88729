import assert from "node:assert/strict";
import type { ServerName } from "../core/ids/server_name.ts";
import { buildServerDocument, parseServerDocument } from "./discovery.ts";

const name = "example.org" as ServerName;

Deno.test("a server's document says where its public address leads, and reads back", () => {
  for (
    const [publicUrl, host, port] of [
      ["https://chat.example.org", "chat.example.org", 443],
      ["https://chat.example.org:8448", "chat.example.org", 8448],
      ["http://localhost:8080", "localhost", 8080],
      ["http://localhost", "localhost", 80],
    ] as const
  ) {
    const document = buildServerDocument({ name, publicUrl, trial: false });
    assert.deepEqual(document, { server: name, host, port, trial: false });
    assert.deepEqual(parseServerDocument(JSON.parse(JSON.stringify(document))), document);
  }
});

Deno.test("what is no server document is refused", () => {
  const good = { server: "example.org", host: "example.org", port: 443, trial: false };
  assert.ok(parseServerDocument(good));
  for (
    const bad of [
      null,
      "text",
      [],
      { ...good, server: "Not A Name" },
      { ...good, server: undefined },
      { ...good, host: "" },
      { ...good, host: "x".repeat(256) },
      { ...good, port: 0 },
      { ...good, port: 70_000 },
      { ...good, port: "443" },
    ]
  ) assert.equal(parseServerDocument(bad), undefined, JSON.stringify(bad));
});
