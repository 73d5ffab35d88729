import assert from "node:assert/strict";
import { authenticate } from "../../tests/harness/gateway_server.ts";
import { CountingRng, ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { apiOperations } from "../../scripts/lib/api_operations.ts";
import { apiDocumentRoutes } from "./api_documents.ts";
import { createApp } from "./app.ts";
import { openApiDocument } from "./openapi.ts";

const operations = await apiOperations();

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "$ref" ? [String(child)] : references(child)
  );
}

Deno.test("the document names every operation once and every reference resolves", () => {
  const document = openApiDocument(operations, { version: "1.2.3" });
  const listed = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  assert.ok(operations.length >= 50);
  assert.deepEqual(
    listed.map((one) => one.operationId).sort(),
    operations.map((one) => one.id).sort(),
  );
  assert.equal(new Set(listed.map((one) => one.operationId)).size, listed.length);
  for (const ref of references(document)) {
    let at: unknown = document;
    for (const key of ref.slice(2).split("/")) {
      at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
    }
    assert.ok(at !== undefined, `${ref} leads nowhere`);
  }
});

Deno.test("paths declare exactly the parameters they carry", () => {
  const document = openApiDocument(operations, { version: "1" });
  for (const [path, methods] of Object.entries(document.paths)) {
    const carried = [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name).sort();
    for (const one of Object.values(methods)) {
      const declared = (one.parameters ?? []).filter((each) => each.in === "path")
        .map((each) => each.name).sort();
      assert.deepEqual(declared, carried, `${one.operationId} ${path}`);
    }
  }
});

Deno.test("shapes, descriptions and refusals come out of the schemas", () => {
  const document = openApiDocument(operations, { version: "1" });
  const list = document.paths["/client/v1/rooms/{room_id}/messages"]?.["get"];
  const limit = list?.parameters?.find((one) => one.name === "limit");
  assert.deepEqual(limit?.schema, { default: 50, type: "integer", minimum: 1, maximum: 100 });
  assert.match(String(list?.responses["401"]?.["description"]), /`unauthorized`/);
  const channel = JSON.stringify(document.components.schemas["Channel"]);
  assert.match(channel, /The viewer's rights here/);
  assert.doesNotMatch(JSON.stringify(document), /9007199254740991/);
  assert.deepEqual(document.components.schemas["dispatch.message.create"], {
    $ref: "#/components/schemas/MessageFrame",
  });
  assert.ok("properties" in (document.components.schemas["Message"] ?? {}));
});

Deno.test("document and page are served; the page runs nothing and calls nobody", async () => {
  const off = { quota: 0, windowMs: 1 };
  const app = createApp({
    routes: [],
    plainRoutes: apiDocumentRoutes(operations, { version: "1" }),
    clock: new ManualClock(),
    rng: new CountingRng(),
    log: new MemoryLog(),
    authenticate,
    origins: [],
    rates: { address: { name: "address", ...off }, user: { name: "user", ...off } },
    rateKeyCount: 1,
  });
  const get = (path: string) =>
    app.fetch(new Request(`https://x${path}`), { address: "192.0.2.1", secure: true });
  const document = await (await get("/client/v1/openapi.json")).json();
  assert.equal(document.openapi, "3.1.0");
  const page = await get("/docs/api");
  assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src/);
  const html = await page.text();
  assert.doesNotMatch(html, /<script|https?:\/\/|src=|url\(/i);
  for (const { id } of operations) assert.ok(html.includes(`id="${id}"`), id);
});
