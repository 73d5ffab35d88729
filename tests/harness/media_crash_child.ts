/**
 * Run by the crash test of media: sends a message with a file and deletes it, stores the blobs of
 * a second upload without finishing it, says so, and waits to be killed.
 */
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { MediaUri } from "../../core/ids/media_uri.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { connect } from "../../server/postgres/connect.ts";
import { claimMedia } from "../../server/services/media/claim_media.ts";
import type { MediaUse } from "../../server/services/media/media_use.ts";
import { releaseMedia } from "../../server/services/media/release_media.ts";
import { uploadMedia } from "../../server/services/media/upload_media.ts";
import { silentLog } from "../../server/system/log.ts";
import { ALICE, openTestMedia, TEST_SERVER, upload } from "./media.ts";
import { png } from "./pictures.ts";

const url = Deno.env.get("OPENGUILD_TEST_URL") ?? "";
const root = Deno.env.get("OPENGUILD_TEST_ROOT") ?? "";
const sql = connect({ url, poolSize: 3, log: silentLog });
const database = { url, name: "", sql, [Symbol.asyncDispose]: () => sql.end() };
const { deps } = await openTestMedia({ database, root });

const { uri } = await upload(deps, png(500, 20));
const use: MediaUse = {
  kind: "event",
  subject: "$sent" as EventId,
  roomId: "!room" as RoomId,
  channelId: "general" as ChannelId,
};
const nowMs = deps.clock.now();
await sql.begin((tx) =>
  claimMedia(tx, { serverName: TEST_SERVER, uris: [uri as MediaUri], owner: ALICE, use, nowMs })
);
await sql.begin((tx) => releaseMedia(tx, { kind: "event", subjects: [use.subject], nowMs }));

const blobs = {
  ...deps.blobs,
  async put(key: string, body: ReadableStream<Uint8Array>, size: number) {
    await deps.blobs.put(key, body, size);
    console.log("released, and half way through an upload");
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  },
};
await uploadMedia({ ...deps, blobs }, {
  owner: ALICE,
  fileName: "half",
  purpose: "attachment",
  contentLength: "5",
  body: new Blob(["hello"]).stream(),
  signal: new AbortController().signal,
});
