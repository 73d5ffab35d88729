import type { Homeserver } from "../harness/homeserver.ts";
import type { MemoryLog } from "../harness/parts.ts";

/** A text that stands nowhere else, and how it would look in bytes that are shown otherwise. */
export function formsOf(canary: string): string[] {
  const bytes = new TextEncoder().encode(canary);
  const base64 = [0, 1, 2].map((shift) => {
    // The middle of what base64 makes of it, wherever it stands in a longer text.
    const shifted = new Uint8Array([...new Uint8Array(shift), ...bytes]);
    return shifted.toBase64({ omitPadding: true }).slice(4, -4);
  });
  return [canary, bytes.toHex(), ...base64];
}

/** Bytes of many connections, one after the other as they came. */
export class Capture {
  readonly #parts: string[] = [];
  readonly #decoder = new TextDecoder("latin1");

  readonly take = (bytes: Uint8Array): void => {
    this.#parts.push(this.#decoder.decode(bytes));
  };

  text(): string {
    return this.#parts.join("");
  }
}

/** Everything that goes over a server's bus from now on. */
export function tapBus(server: Homeserver): { readonly text: () => string } {
  const bus = server.parts.accounts?.bus;
  if (bus === undefined) throw new Error("The server shows no bus");
  const decoder = new TextDecoder();
  const heard: string[] = [];
  const publish = bus.publish.bind(bus);
  bus.publish = (subject, payload) => {
    heard.push(`${subject} ${decoder.decode(payload)}`);
    publish(subject, payload);
  };
  return { text: () => heard.join("\n") };
}

/** Every row of every table, as text. */
export async function dumpDatabase(server: Homeserver): Promise<string> {
  const { sql } = server.parts.database;
  const tables = await sql<{ name: string }[]>`
    select quote_ident(table_name) as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`);
    parts.push(...rows.map(({ row }) => row));
  }
  return parts.join("\n");
}

export function logText(log: MemoryLog): string {
  return JSON.stringify(log.lines);
}

/** Which of the canaries a text holds, in any form. */
export function found(text: string, canaries: readonly string[]): string[] {
  return canaries.filter((canary) => formsOf(canary).some((form) => text.includes(form)));
}
