import { z } from "zod";
import type { FederationOperation } from "../../core/api/federation/operation.ts";

const folder = new URL("../../core/api/federation/", import.meta.url);

/** Every operation that a file of core/api/federation states, by path. */
async function federationOperations(): Promise<FederationOperation[]> {
  const operations: FederationOperation[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const file: Record<string, unknown> = await import(new URL(name, folder).href);
    for (const value of Object.values(file)) if (isOperation(value)) operations.push(value);
  }
  return operations.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isOperation(value: unknown): value is FederationOperation {
  return typeof value === "object" && value !== null &&
    ["id", "method", "path", "request", "answer", "maxAnswerBytes"].every((key) => key in value);
}

/** The table of PROTOCOL.md 8: an operation a row, fields that may be absent with `?`. */
export async function federationTable(): Promise<string> {
  const rows = (await federationOperations()).map((operation) => {
    const answer = operation.binaryAnswer === true
      ? "the bytes, streamed"
      : fieldsOf(operation.answer);
    const { method, path, summary, timeoutMs, maxAnswerBytes } = operation;
    return `| \`${method} ${path}\` | ${summary} | ${fieldsOf(operation.request)} | ${answer} | ${
      sizeOf(maxAnswerBytes)
    }, ${timeoutMs / 1000} s |`;
  });
  return [
    "| operation | what it does | request | answer | bound |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function fieldsOf(schema: z.ZodType): string {
  if (!(schema instanceof z.ZodObject)) return "nothing";
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) =>
    `\`${name}${field.safeParse(undefined).success ? "?" : ""}\``
  );
  return fields.length === 0 ? "`{}`" : fields.join(", ");
}

function sizeOf(bytes: number): string {
  const mebibyte = 1024 * 1024;
  return bytes >= mebibyte ? `${bytes / mebibyte} MiB` : `${bytes / 1024} KiB`;
}
