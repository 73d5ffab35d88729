import { createHash } from "node:crypto";
import type { JsonSchema, OpenApiDocument, OpenApiOperation } from "./openapi.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8d8de, #3a3b42); --soft: light-dark(#f4f4f6, #1e1f24);
  --ink: light-dark(#1d1e22, #e4e5ea); --quiet: light-dark(#5c5f6a, #a0a3ae); --link: light-dark(#2f4fd0, #9db1ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #16171b); }
a { color: var(--link); }
.page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1.5rem 1rem; font-size: .875rem; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
nav li a { display: block; padding: .2rem .5rem; border-radius: .3rem; text-decoration: none; overflow-wrap: anywhere; }
nav li a:hover { background: var(--soft); }
main { padding: 1.5rem; min-width: 0; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); text-transform: capitalize; }
article { border: 1px solid var(--line); border-radius: .6rem; padding: 0 1.1rem 1rem; margin: 1.2rem 0; }
article h3 { font: 600 .95rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.2rem; }
.quiet { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
code, pre { font-family: ui-monospace, monospace; font-size: .85rem; }
pre { background: var(--soft); border-radius: .4rem; padding: .7rem .9rem; overflow-x: auto; margin: .4rem 0; }
summary { cursor: pointer; min-height: 1.5rem; }
@media (max-width: 50rem) { .page { display: block; } nav { position: static; max-height: none; } nav ul { display: none; } }
`;

/** Allows the page its own style and nothing else, from nowhere else. */
export const API_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${
  createHash("sha256").update(STYLE).digest("base64")
}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A readable reference of the document: no script, no foreign host. */
export function apiPage(document: OpenApiDocument): string {
  const byTag = new Map<string, { method: string; path: string; operation: OpenApiOperation }[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0] ?? "other";
      byTag.set(tag, [...byTag.get(tag) ?? [], { method: method.toUpperCase(), path, operation }]);
    }
  }
  const groups = document.tags.map(({ name, description }) => ({
    name,
    description,
    entries: byTag.get(name) ?? [],
  }));
  const { schemas } = document.components;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>OpenGuild client API</title><style>${STYLE}</style></head><body><div class="page">
<nav aria-label="Contents">${
    groups.map(({ name, entries }) =>
      `<a href="#tag-${text(name)}"><b>${text(name)}</b></a><ul>${
        entries.map(({ operation }) =>
          `<li><a href="#${text(operation.operationId)}">${text(operation.operationId)}</a></li>`
        ).join("")
      }</ul>`
    ).join("")
  }<a href="#schemas"><b>schemas</b></a></nav><main>
<h1>OpenGuild client API</h1>
<p>Version ${text(String(document.info["version"]))}. Machine-readable:
<a href="/client/v1/openapi.json">openapi.json</a> (OpenAPI 3.1). Sign in with
<code>Authorization: Bearer TOKEN</code>. A refusal has the shape
<a href="#schema-ErrorBody">ErrorBody</a>; how many requests are left says the header
<code>RateLimit</code>.</p>
${
    groups.map(({ name, description, entries }) =>
      `<h2 id="tag-${text(name)}">${text(name)}</h2>${
        description === undefined ? "" : `<p>${prose(description)}</p>`
      }${entries.map(operationSection).join("")}`
    ).join("\n")
  }
<h2 id="schemas">Schemas</h2>${
    Object.entries(schemas).map(([name, schema]) =>
      `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary>${
        code(schema)
      }</details>`
    ).join("\n")
  }</main></div></body></html>`;
}

function operationSection(
  entry: { method: string; path: string; operation: OpenApiOperation },
): string {
  const { method, path, operation } = entry;
  const { parameters = [], requestBody, responses } = operation;
  const refusals = Object.entries(responses).filter(([status]) => status !== "200");
  return `<article id="${text(operation.operationId)}">
<h3><span class="method">${method}</span> ${text(path)}</h3>
<p>${prose(operation.summary)}. <span class="quiet">${text(who(operation))} ${
    prose(operation.description ?? "")
  }</span></p>${
    parameters.length === 0
      ? ""
      : `<table><thead><tr><th>Parameter</th><th>In</th><th>Shape</th><th></th></tr></thead><tbody>${
        parameters.map((one) =>
          `<tr><td><code>${text(one.name)}</code>${
            one.required ? "" : " <i>optional</i>"
          }</td><td>${one.in}</td><td><code>${text(JSON.stringify(one.schema))}</code></td><td>${
            prose(one.description ?? "")
          }</td></tr>`
        ).join("")
      }</tbody></table>`
  }${requestBody === undefined ? "" : `<p>Body</p>${contentOf(requestBody)}`}
<p>Answer</p>${contentOf(responses["200"] ?? {})}
<p class="quiet">Refusals: ${
    refusals.map(([status, one]) => `${status} ${prose(String(one["description"]))}`).join("; ")
  }</p></article>`;
}

function who(operation: OpenApiOperation): string {
  if (operation.security.length === 0) return "Open to everybody.";
  return operation.security.length === 3 ? "Open to everybody, more when signed in." : "Signed in.";
}

function contentOf(holder: JsonSchema): string {
  const content = holder["content"];
  if (typeof content !== "object" || content === null) return "";
  return Object.entries(content as Record<string, JsonSchema>).map(([type, { schema }]) =>
    schema === undefined ? `<p>Bytes (<code>${text(type)}</code>)</p>` : code(schema)
  ).join("");
}

/** JSON, with links to the schemas it names. */
function code(value: unknown): string {
  const json = text(JSON.stringify(value, null, 2));
  return `<pre tabindex="0">${
    json.replaceAll(
      /&quot;#\/components\/schemas\/([\w.]+)&quot;/g,
      '<a href="#schema-$1">$1</a>',
    )
  }</pre>`;
}

function prose(source: string): string {
  return text(source).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function text(source: string): string {
  return source.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
