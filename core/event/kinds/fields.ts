import { parseChannelId } from "../../ids/channel_id.ts";
import { parseEventId } from "../../ids/event_id.ts";
import { parseMediaUri } from "../../ids/media_uri.ts";
import { parseRoleId } from "../../ids/role_id.ts";
import { parseRoomId } from "../../ids/room_id.ts";
import { parseUserId } from "../../ids/user_id.ts";
import { decodeBase58To32 } from "../../ids/base58.ts";
import { limits } from "../../limits.ts";
import { id, integer, pattern, text } from "./shape.ts";

/** Fields that several kinds share. */
export const userId = id(parseUserId, "a user id");
export const roleId = id(parseRoleId, "a role id");
export const roomId = id(parseRoomId, "a room id");
export const eventId = id(parseEventId, "an event id");
export const channelId = id(parseChannelId, "a channel id");
export const mediaUri = id(parseMediaUri, "an mxc:// URI");
export const hash32 = id(
  (value) => decodeBase58To32(value) === undefined ? undefined : value,
  "base58 of 32 bytes",
);
export const bits = pattern(/^(?:0|[1-9a-f][0-9a-f]{0,31})$/, "bits in hex");
export const color = pattern(/^#[0-9a-f]{6}$/, "a color as #rrggbb");
export const reason = text(limits.content.maxReasonBytes);
export const name = text(limits.content.maxNameBytes, 1);
/** Milliseconds since the epoch; 0 where the field allows "none". */
export const ts = integer(0, limits.event.maxTs - 1);
