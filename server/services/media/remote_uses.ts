import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import { mediaIdOf, type MediaUri, serverOfMedia } from "../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { defineRowKind, recordset, type TaggedRow } from "../../postgres/row_kind.ts";

/** A file of another server that an event here shows. */
const remoteUses = defineRowKind<{
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly server: ServerName;
  readonly mediaId: string;
  readonly channelId: ChannelId;
}>("remote_media_uses", (sql, rows) =>
  sql`
    insert into remote_media_uses (room_id, event_id, server, media_id, channel_id)
    select distinct x."roomId", x."eventId", x.server, x."mediaId", x."channelId"
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text,
      server text, "mediaId" text, "channelId" text)
    on conflict do nothing`);

const droppedUses = defineRowKind<{ readonly roomId: RoomId; readonly eventId: EventId }>(
  "remote_media_uses_dropped",
  (sql, rows) =>
    sql`
    delete from remote_media_uses u
    using json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "eventId" text)
    where u.room_id = x."roomId" and u.event_id = x."eventId"`,
);

/** Rows by which an event of another server begins to use the files it names. PROTOCOL.md 10. */
export function beginRemoteUses(event: {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly eventId: EventId;
  readonly type: string;
  readonly content: JsonObject;
}): TaggedRow[] {
  if (event.type !== messageKind.type) return [];
  const { roomId, eventId, channelId } = event;
  const content = readContent(messageKind, event.content);
  const files = [
    ...content?.media ?? [],
    ...(content?.embeds ?? []).flatMap((embed) => embed.media ?? []),
  ];
  return files.map(({ uri }) => {
    const file = uri as MediaUri;
    const server = serverOfMedia(file);
    return remoteUses.of({ roomId, eventId, server, mediaId: mediaIdOf(file), channelId });
  });
}

/** Rows by which an event's uses end, because its content was taken away. */
export function endRemoteUses(roomId: RoomId, eventIds: readonly EventId[]): TaggedRow[] {
  return eventIds.map((eventId) => droppedUses.of({ roomId, eventId }));
}
