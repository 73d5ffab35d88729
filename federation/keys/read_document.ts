import { parseJson } from "../../core/event/json_parse.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { type KeyDocument, parseKeyDocument } from "../../core/keys/key_document.ts";
import { limits } from "../../core/limits.ts";
import { TransportError } from "../ports.ts";

/**
 * A document or an excerpt as its server answered: of that shape, and of that server's keys. Its
 * signatures are not verified here. @throws TransportError
 */
export function readDocument(server: ServerName, bytes: Uint8Array): KeyDocument {
  const read = parseJson(bytes, { maxBytes: limits.keys.maxDocumentBytes });
  const document = read.ok ? parseKeyDocument(read.value) : undefined;
  if (document === undefined) {
    throw new TransportError("bad_answer", `${server} answered with no key document.`);
  }
  if (document.server === server) return document;
  throw new TransportError(
    "bad_answer",
    `${server} answered with the keys of ${document.server}.`,
  );
}
