import type { Operation } from "../../core/api/operation.ts";
import { SCOPE_SUMMARY, TokenScope } from "../../core/api/scopes.ts";
import { codesByStatus } from "../../server/http/openapi.ts";

const folder = new URL("../../core/api/", import.meta.url);

/** Every operation that a file of core/api states, by path and method. */
export async function apiOperations(): Promise<Operation[]> {
  const operations: Operation[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const file: Record<string, unknown> = await import(new URL(name, folder).href);
    for (const value of Object.values(file)) if (isOperation(value)) operations.push(value);
  }
  const key = ({ path, method }: Operation) => `${path} ${method}`;
  return operations.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function isOperation(value: unknown): value is Operation {
  return typeof value === "object" && value !== null &&
    ["id", "method", "path", "tag", "auth", "result"].every((key) => key in value);
}

/** The table of docs/API.md: an operation a row. */
export async function operationTable(): Promise<string> {
  const operations = await apiOperations();
  const tags = [...new Set(operations.map(({ tag }) => tag))].sort();
  return tags.map((tag) => {
    const rows = operations.filter((one) => one.tag === tag).map((one) => {
      const refusals = [...codesByStatus(one).values()].flat().filter((code) =>
        one.errors.includes(code)
      );
      const who = { none: "anyone", optional: "anyone", user: "signed in", admin: "administrator" };
      return `| \`${one.method} ${one.path}\` | ${one.summary.replaceAll("|", "\\|")} | ${
        who[one.auth]
      }${one.confirm === true ? ", confirmed" : ""} | ${scopeOf(one)} | ${
        refusals.map((code) => `\`${code}\``).join(" ")
      } |`;
    });
    return `### ${tag}\n\n| Operation | What it does | Who | Token scope | Own refusals |\n| --- | --- | --- | --- | --- |\n${
      rows.join("\n")
    }`;
  }).join("\n\n");
}

/** What opens it with a personal access token; where nobody signs in there is nothing to say. */
function scopeOf({ auth, scope }: Operation): string {
  if (auth === "none") return "";
  return scope === null ? "never" : `\`${scope}\``;
}

/** The scopes of personal access tokens, for docs/API.md. */
export function scopeTable(): string {
  const rows = TokenScope.options.map((scope) => `| \`${scope}\` | ${SCOPE_SUMMARY[scope]} |`);
  return `| Scope | What it opens |\n| --- | --- |\n${rows.join("\n")}`;
}
