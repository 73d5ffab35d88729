import type { JsonObject } from "../../../core/event/json.ts";
import { keptRelation } from "../../../core/event/keep.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { encryptedSince } from "../e2ee/room_encryption.ts";

/**
 * The root of the thread that an event stands in, redacted ones too; undefined where it stands in
 * its channel's timeline, as all sealed ones do. PROTOCOL.md 7.
 */
export function threadOfRow(authority: Authority, row: StoredEvent): EventId | undefined {
  const content = row.held?.pdu.content ??
    (JSON.parse(row.pdu) as { content: JsonObject }).content;
  const relation = keptRelation(content);
  if (relation?.kind !== "thread") return undefined;
  const sealed = row.withheld
    ? row.originTs >= (encryptedSince(authority) ?? Infinity)
    : content["msgtype"] === "sealed";
  return sealed ? undefined : relation.event_id as EventId;
}
