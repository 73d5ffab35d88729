/** The JSON values of og-jcs. Objects made by the parser have no prototype. PROTOCOL.md 2. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
