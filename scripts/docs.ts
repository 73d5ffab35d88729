/** `deno task docs`: writes the generated parts of the documents. A test says when they are old. */
import { operationTable, scopeTable } from "./lib/api_operations.ts";
import { requestExample, workedExample } from "./lib/protocol_example.ts";
import { federationTable } from "./lib/federation_operations.ts";
import { eduTable, eventTable, limitTable, rightTable } from "./lib/protocol_tables.ts";
import { settingsDocument } from "../server/config/docs.ts";

interface Generated {
  readonly path: string;
  readonly name: string;
  readonly make: () => string | Promise<string>;
}

export const GENERATED: readonly Generated[] = [
  { path: "docs/OPERATIONS.md", name: "settings", make: settingsDocument },
  { path: "docs/PROTOCOL.md", name: "event types", make: eventTable },
  { path: "docs/PROTOCOL.md", name: "EDUs", make: eduTable },
  { path: "docs/PROTOCOL.md", name: "operations between servers", make: federationTable },
  { path: "docs/PROTOCOL.md", name: "permission bits", make: rightTable },
  { path: "docs/PROTOCOL.md", name: "worked example", make: workedExample },
  { path: "docs/PROTOCOL.md", name: "request example", make: requestExample },
  { path: "docs/PROTOCOL.md", name: "limits", make: limitTable },
  { path: "docs/API.md", name: "operations", make: operationTable },
  { path: "docs/API.md", name: "token scopes", make: scopeTable },
];

/** Puts a generated part between its two markers. Throws where they are missing. */
export function replacePart(text: string, name: string, part: string): string {
  const start = `<!-- generated ${name}: deno task docs -->`;
  const end = `<!-- end of ${name} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the markers "${start}" and "${end}" are missing`);
  const ignore = ["<!-- deno-fmt-ignore-start -->", "<!-- deno-fmt-ignore-end -->"];
  return `${text.slice(0, from)}${start}\n${ignore[0]}\n\n${part}\n\n${ignore[1]}\n${
    text.slice(to)
  }`;
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url).pathname;
  for (const { path, name, make } of GENERATED) {
    const text = await Deno.readTextFile(root + path);
    await Deno.writeTextFile(root + path, replacePart(text, name, await make()));
  }
}
