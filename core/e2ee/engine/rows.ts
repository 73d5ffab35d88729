import { textOf, utf8 } from "../bytes.ts";
import type { DeviceTable, StoreChange } from "./ports.ts";

/** A row of JSON, as every row but the archive's is. Bytes in it are base64. */
export function jsonRow(table: DeviceTable, key: string, value: unknown): StoreChange {
  return { table, key, value: utf8(JSON.stringify(value)) };
}

export function goneRow(table: DeviceTable, key: string): StoreChange {
  return { table, key, value: undefined };
}

/** What `jsonRow` wrote. Throws where the store gave something else: it is broken. */
export function readJsonRow<T>(bytes: Uint8Array): T {
  const text = textOf(bytes);
  if (text === undefined) throw new Error("A row of the device's store is not text");
  return JSON.parse(text) as T;
}
