import type { HeldEvent } from "../../../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../../../core/event/json.ts";
import { type MediaUri, parseMediaUri, serverOfMedia } from "../../../../core/ids/media_uri.ts";
import type { ServerName } from "../../../../core/ids/server_name.ts";
import { serverOf } from "../../../../core/ids/user_id.ts";
import { limits } from "../../../../core/limits.ts";
import { defineRowKind, recordset, type TaggedRow } from "../../../postgres/row_kind.ts";
import { cleanFileName } from "../file_name.ts";
import { endUse } from "../media_row_kinds.ts";

interface RemoteUse {
  readonly uri: MediaUri;
  readonly kind: "event" | "avatar" | "icon" | "emoji";
  readonly subject: string;
  readonly room: string | null;
  readonly channel: string | null;
  readonly blake3: string | null;
  readonly size: number | null;
  readonly name: string;
  readonly ts: number;
}

const useRows = defineRowKind<RemoteUse>("remote_media_uses", (sql, rows) =>
  sql`
    insert into remote_media_uses (uri, kind, subject, room_id, channel_id, blake3, size, name,
      created_ts)
    select distinct on (x.uri, x.kind, x.subject)
      x.uri, x.kind, x.subject, x.room, x.channel, x.blake3, x.size, x.name, x.ts
    from json_to_recordset(${recordset(sql, rows.map((row, at) => ({ ...row, at })))})
      as x(uri text, kind text, subject text, room text, channel text, blake3 text, size bigint,
        name text, ts bigint, at int)
    order by x.uri, x.kind, x.subject, x.at desc
    on conflict (uri, kind, subject) do update set blake3 = excluded.blake3
      where excluded.kind <> 'event'`);

interface EndedUse {
  readonly kind: string;
  readonly subject: string;
  readonly except: string | null;
}

const endedRows = defineRowKind<EndedUse>("remote_media_uses_ended", (sql, rows) =>
  sql`
    delete from remote_media_uses u
    using json_to_recordset(${recordset(sql, rows)}) as x(kind text, subject text, "except" text)
    where u.kind = x.kind and u.subject = x.subject and u.uri is distinct from x."except"`);

/** Rows by which uses of other servers' files end, with the event that ends them. */
export function endRemoteUse(
  use: { readonly kind: RemoteUse["kind"]; readonly subject: string },
  keep: MediaUri | null = null,
): TaggedRow {
  return endedRows.of({ ...use, except: keep });
}

/**
 * Rows that say which files of its sender's server an event of another server uses, to be stored
 * with it. A file
 * of any other server is never fetched for it: who forwards a file uploads it, and nobody can
 * name another's file under a hash of his own.
 */
export function remoteUseRows(event: HeldEvent, nowMs: number): TaggedRow[] {
  const { pdu, roomId } = event;
  const server = serverOf(pdu.sender);
  if (event.withheld) return [];
  if ("channel_id" in pdu) {
    if (pdu.type !== "m.room.message") return [];
    return filesOf(pdu.content).flatMap((file) => {
      const uri = uriOf(file["uri"], server);
      if (uri === undefined) return [];
      return useRows.of({
        uri,
        kind: "event",
        subject: event.id,
        room: roomId,
        channel: pdu.channel_id,
        blake3: typeof file["blake3"] === "string" ? file["blake3"] : "",
        size: typeof file["size"] === "number" ? file["size"] : -1,
        name: cleanFileName(typeof file["name"] === "string" ? file["name"] : ""),
        ts: nowMs,
      });
    });
  }
  const shown = pictureOf(pdu.type, pdu.state_key ?? "", { content: pdu.content, roomId });
  if (shown === undefined) return [];
  const { kind, subject, name } = shown;
  // Who changes a guild's name leaves its icon, and with it whoever's file that is.
  const kept = typeof shown.uri === "string" ? parseMediaUri(shown.uri) ?? null : null;
  const ended = [
    endRemoteUse({ kind, subject }, kept),
    ...endUse({ kind, subject }, kept),
  ];
  if (kept === null || serverOfMedia(kept) !== server) return ended;
  // The content is covered by its signed event: with a hash in it, one picture is all servers'.
  const blake3 = typeof shown.blake3 === "string" ? shown.blake3 : null;
  const place = { room: roomId, channel: null, blake3, size: null };
  return [...ended, useRows.of({ uri: kept, kind, subject, name, ts: nowMs, ...place })];
}

function pictureOf(
  type: string,
  stateKey: string,
  { content, roomId }: { readonly content: JsonObject; readonly roomId: string },
) {
  switch (type) {
    case "m.guild.meta":
      return {
        kind: "icon",
        subject: roomId,
        uri: content["icon"],
        blake3: content["icon_blake3"],
        name: "icon",
      } as const;
    case "m.guild.emoji": {
      const subject = `${roomId}/${stateKey}`;
      return {
        kind: "emoji",
        subject,
        uri: content["uri"],
        blake3: content["blake3"],
        name: stateKey,
      } as const;
    }
    case "m.member.profile": {
      const subject = `${roomId}/${stateKey}`;
      return {
        kind: "avatar",
        subject,
        uri: content["avatar"],
        blake3: content["avatar_blake3"],
        name: "avatar",
      } as const;
    }
    default:
      return undefined;
  }
}

function filesOf(content: JsonObject): JsonObject[] {
  const media = content["media"];
  const files = Array.isArray(media)
    ? media.slice(0, limits.content.maxMedia).filter(isObject)
    : [];
  const { display } = content;
  if (!isObject(display) || display["avatar_blake3"] === undefined) return files;
  // The picture that a webhook shows with this one message. PROTOCOL.md 10.
  return [...files, {
    uri: display["avatar"] ?? null,
    blake3: display["avatar_blake3"],
    size: display["avatar_size"] ?? null,
    name: "avatar",
  }];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function uriOf(value: JsonValue | undefined, server: ServerName): MediaUri | undefined {
  const uri = typeof value === "string" ? parseMediaUri(value) : undefined;
  return uri !== undefined && serverOfMedia(uri) === server ? uri : undefined;
}
