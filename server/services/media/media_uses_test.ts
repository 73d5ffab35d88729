import assert from "node:assert/strict";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { MediaUri } from "../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { OperationError } from "../../../core/errors.ts";
import {
  ALICE,
  BOB,
  filesBelow,
  openTestMedia,
  TEST_SERVER,
  type TestMedia,
  upload,
} from "../../../tests/harness/media.ts";
import { png } from "../../../tests/harness/pictures.ts";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { claimMedia, describeMedia } from "./claim_media.ts";
import { deleteDueBlobs } from "./delete_due_blobs.ts";
import { deleteUpload } from "./delete_upload.ts";
import { findVisibleMedia } from "./find_visible_media.ts";
import { getMediaUsage, reportMediaUsage } from "./get_media_usage.ts";
import type { MediaUse } from "./media_use.ts";
import { purgeMedia } from "./purge_media.ts";
import { releaseMedia, releaseRoomMedia } from "./release_media.ts";
import { replaceMediaUse } from "./replace_media_use.ts";
import { sweepOrphans } from "./sweep_orphans.ts";

const ROOM = "!room" as RoomId;

function inMessage(id: string, channel = "general"): MediaUse {
  return {
    kind: "event",
    subject: `$${id}` as EventId,
    roomId: ROOM,
    channelId: channel as ChannelId,
  };
}

async function claim(test: TestMedia, uris: string[], use: MediaUse, owner = ALICE) {
  return await test.deps.sql.begin((tx) =>
    claimMedia(tx, {
      serverName: TEST_SERVER,
      uris: uris as MediaUri[],
      owner,
      use,
      nowMs: test.clock.now(),
    })
  );
}

async function release(test: TestMedia, use: MediaUse): Promise<number> {
  return await test.deps.sql.begin((tx) =>
    releaseMedia(tx, { kind: use.kind, subjects: [use.subject], nowMs: test.clock.now() })
  );
}

async function send(test: TestMedia, owner = ALICE): Promise<string> {
  return (await upload(test.deps, new TextEncoder().encode("some notes"), { owner })).uri;
}

async function sendPicture(test: TestMedia): Promise<string> {
  return (await upload(test.deps, png(500, 20))).uri;
}

/** What is kept: rows and files agree, and the sums of the owners with them. */
async function kept(test: TestMedia): Promise<number> {
  await test.media.jobs.runOnce();
  const rows = await test.deps.sql<{ blob_prefix: string }[]>`select blob_prefix from media`;
  const folders = new Set(
    filesBelow(test.blobFolder).map((path) => path.slice(0, path.lastIndexOf("/"))),
  );
  assert.deepEqual([...folders].sort(), rows.map((row) => row.blob_prefix).sort());
  const [sums] = await test.deps.sql<{ files: number; bytes: number }[]>`
    select coalesce(sum(files), 0)::bigint as files, coalesce(sum(bytes), 0)::bigint as bytes
    from media_owners`;
  const [real] = await test.deps.sql<{ files: number; bytes: number }[]>`
    select count(*) as files, coalesce(sum(size), 0)::bigint as bytes from media`;
  assert.deepEqual({ ...sums }, { ...real });
  return rows.length;
}

const DAY_MS = 24 * 3_600_000;

Deno.test("a file lives as long as something uses it, and not a moment longer", async (t) => {
  await using test = await openTestMedia();

  await t.step("an upload that nothing uses goes after its time", async () => {
    await send(test);
    test.clock.shiftMs += DAY_MS - 60_000;
    assert.equal(await kept(test), 1);
    test.clock.shiftMs += 61_000;
    assert.equal(await kept(test), 0);
  });

  await t.step("used, it stays; the last use gone, file and small pictures go", async () => {
    const uri = await sendPicture(test);
    assert.equal(filesBelow(test.blobFolder).length, 3);
    const [described] = await claim(test, [uri], inMessage("a"));
    assert.match(described?.blake3 ?? "", /^[1-9A-Za-z]{32,44}$/);
    await claim(test, [uri], inMessage("b"));
    await claim(test, [uri], inMessage("b"));
    test.clock.shiftMs += 400 * DAY_MS;
    assert.equal(await kept(test), 1);
    assert.equal(await release(test, inMessage("a")), 0);
    assert.equal(await kept(test), 1);
    assert.equal(await release(test, inMessage("b")), 1);
    assert.equal(await kept(test), 0);
    assert.equal(await release(test, inMessage("b")), 0);
    assert.deepEqual(filesBelow(test.blobFolder), []);
  });

  await t.step("what a rolled-back transaction claimed or released did not happen", async () => {
    const uri = await send(test);
    const rollBack = (work: (tx: Parameters<typeof claimMedia>[0]) => Promise<unknown>) =>
      assert.rejects(() =>
        test.deps.sql.begin(async (tx) => {
          await work(tx);
          throw new Error("rolled back");
        }), /rolled back/);
    const nowMs = test.clock.now();
    const use = inMessage("c");
    await rollBack((tx) =>
      claimMedia(tx, {
        serverName: TEST_SERVER,
        uris: [uri as MediaUri],
        owner: ALICE,
        use,
        nowMs,
      })
    );
    assert.equal(await release(test, use), 0);
    await claim(test, [uri], use);
    await rollBack((tx) => releaseMedia(tx, { kind: "event", subjects: [use.subject], nowMs }));
    assert.equal(await kept(test), 1);
    assert.equal(await release(test, use), 1);
    assert.equal(await kept(test), 0);
  });

  await t.step("an edit keeps what it keeps; a room that goes takes its files along", async () => {
    const [one, two] = [await send(test), await send(test)];
    await claim(test, [one, two], inMessage("d"));
    const nowMs = test.clock.now();
    await test.deps.sql.begin((tx) =>
      releaseMedia(tx, {
        kind: "event",
        subjects: ["$d"],
        exceptIds: [one.split("/").at(-1) ?? ""],
        nowMs,
      })
    );
    assert.equal(await kept(test), 1);
    await test.deps.sql.begin((tx) => releaseRoomMedia(tx, { roomId: ROOM, nowMs }));
    assert.equal(await kept(test), 0);
  });

  await t.step("a new avatar takes the old one's place", async () => {
    const use: MediaUse = { kind: "avatar", subject: ALICE };
    const change = (uri: string | null) =>
      test.deps.sql.begin((tx) =>
        replaceMediaUse(tx, {
          serverName: TEST_SERVER,
          use,
          uri: uri as MediaUri | null,
          owner: ALICE,
          nowMs: test.clock.now(),
        })
      );
    const first = (await upload(test.deps, png(9, 9), { purpose: "avatar" })).uri;
    const second = (await upload(test.deps, png(8, 8), { purpose: "avatar" })).uri;
    assert.equal(await change(first), 0);
    assert.equal(await change(first), 0, "saving it again changes nothing");
    assert.equal(await change(second), 1);
    assert.equal(await kept(test), 1);
    assert.equal(await change(null), 1);
    assert.equal(await kept(test), 0);
    const file = await send(test);
    await assert.rejects(() => change(file), /uploaded as attachment; upload it as avatar/);
    await purgeMedia(test.deps, { uri: file, dry_run: false });
    assert.equal(await kept(test), 0);
  });
});

Deno.test("only one's own finished uploads can be used", async () => {
  await using test = await openTestMedia();
  const mine = await sendPicture(test);
  const theirs = await send(test, BOB);
  const words = async (uri: string): Promise<string> => {
    try {
      await claim(test, [mine, uri], inMessage("x"));
    } catch (error) {
      assert.ok(error instanceof OperationError);
      assert.equal(error.code, "invalid");
      return error.message.replaceAll(uri, "URI");
    }
    return assert.fail("it was claimed");
  };
  const absent = `${mine.slice(0, -3)}abc`;
  assert.equal(await words(theirs), await words(absent), "absent and theirs answer alike");
  assert.match(await words("mxc://elsewhere.test/3mJr7AoUXx2Wqd"), /upload the file here first/);
  const rows = await test.deps.sql`select * from media_uses`;
  assert.equal(rows.length, 0, "a refused claim leaves nothing");
  const described = await describeMedia(test.deps.sql, {
    serverName: TEST_SERVER,
    uris: [mine as MediaUri],
    owner: ALICE,
    kind: "event",
  });
  assert.deepEqual(described.map(({ uri, type, width }) => [uri, type, width]), [
    [mine, "image/png", 500],
  ]);
});

Deno.test("who may see what: every kind of use against every kind of visitor", async () => {
  await using test = await openTestMedia();
  const CAROL = "@carol:og.test" as UserId;
  const visibility = {
    mayView: (caller: UserId, use: MediaUse) =>
      Promise.resolve(
        "channelId" in use &&
          (caller === ALICE || (caller === BOB && use.channelId === ("general" as ChannelId))),
      ),
  };
  const picture = async (purpose: "avatar" | "icon" | "emoji") =>
    (await upload(test.deps, png(4, 4), { purpose })).uri;
  const uses: [string, MediaUse | undefined, string, string][] = [
    ["unused", undefined, await send(test), "alice"],
    ["message", inMessage("m"), await send(test), "alice bob"],
    ["hidden channel", inMessage("h", "hidden"), await send(test), "alice"],
    ["avatar", { kind: "avatar", subject: ALICE }, await picture("avatar"), "alice bob carol"],
    [
      "guild avatar",
      { kind: "avatar", subject: `${ROOM}/${ALICE}`, roomId: ROOM },
      await picture(
        "avatar",
      ),
      "alice bob carol",
    ],
    ["profile", { kind: "profile", subject: ALICE }, await picture("avatar"), "alice bob carol"],
    [
      "emoji",
      { kind: "emoji", subject: `${ROOM}/cat`, roomId: ROOM },
      await picture("emoji"),
      "alice bob carol",
    ],
    [
      "icon",
      { kind: "icon", subject: ROOM, roomId: ROOM },
      await picture("icon"),
      "alice bob carol stranger",
    ],
  ];
  const visitors = { alice: ALICE, bob: BOB, carol: CAROL, stranger: undefined };
  const deps = { ...test.deps, visibility };
  const sees = async (uri: string): Promise<string> => {
    const mediaId = uri.split("/").at(-1) ?? "";
    const seen: string[] = [];
    const words = new Set<string>();
    for (const [name, caller] of Object.entries(visitors)) {
      try {
        await findVisibleMedia(deps, { server: TEST_SERVER, mediaId }, caller);
        seen.push(name);
      } catch (error) {
        assert.ok(error instanceof OperationError && error.code === "not_found");
        words.add(error.message.replaceAll(mediaId, "ID"));
      }
    }
    const absent = await findVisibleMedia(deps, { server: TEST_SERVER, mediaId: "nothing" }, ALICE)
      .catch((error: Error) => error.message.replaceAll("nothing", "ID"));
    for (const each of words) assert.equal(each, absent, "absent and forbidden answer alike");
    return seen.join(" ");
  };
  for (const [name, use, uri, expected] of uses) {
    if (use !== undefined) await claim(test, [uri], use);
    assert.equal(await sees(uri), expected, name);
  }
  const [, , message = ""] = uses[1] ?? [];
  await claim(test, [message], inMessage("h2", "hidden"));
  assert.equal(await sees(message), "alice bob", "one use that is seen is enough");
  await release(test, inMessage("m"));
  assert.equal(await sees(message), "alice");
  for (const server of ["other.test", "", "OG.TEST"]) {
    await assert.rejects(() => findVisibleMedia(deps, { server, mediaId: "x" }, ALICE));
  }
});

Deno.test("an own upload can be deleted while nothing uses it", async () => {
  await using test = await openTestMedia();
  const uri = await send(test);
  const address = { server: TEST_SERVER, mediaId: uri.split("/").at(-1) ?? "" };
  await assert.rejects(() => deleteUpload(test.deps, address, BOB), /no file/);
  await claim(test, [uri], inMessage("m"));
  await assert.rejects(() => deleteUpload(test.deps, address, ALICE), /in use/);
  assert.equal(await kept(test), 1);
  await release(test, inMessage("m"));
  const other = await send(test);
  await deleteUpload(test.deps, { ...address, mediaId: other.split("/").at(-1) ?? "" }, ALICE);
  assert.equal(await kept(test), 0);
});

Deno.test("claims and releases at the same time never lose a file or keep one for nothing", async () => {
  await using test = await openTestMedia();
  for (let round = 0; round < 10; round++) {
    const uri = await send(test);
    await claim(test, [uri], inMessage(`first${round}`));
    const [gone, taken] = await Promise.allSettled([
      release(test, inMessage(`first${round}`)),
      claim(test, [uri], inMessage(`second${round}`)),
    ]);
    assert.equal(gone.status, "fulfilled");
    const [row] = await test.deps.sql`
      select count(*) as count from media where media_id = ${uri.split("/").at(-1) ?? ""}`;
    assert.equal(row?.["count"], taken.status === "fulfilled" ? 1 : 0);
    await release(test, inMessage(`second${round}`));
  }
  assert.equal(await kept(test), 0);
});

Deno.test("a store that fails loses no deletion", async () => {
  await using test = await openTestMedia();
  const uri = await send(test);
  await claim(test, [uri], inMessage("m"));
  await release(test, inMessage("m"));
  const blobs = {
    put: () => Promise.reject(new Error("down")),
    get: () => Promise.reject(new Error("down")),
    head: () => Promise.reject(new Error("down")),
    delete: () => Promise.reject(new Error("down")),
    list: (prefix: string) => test.deps.blobs.list(prefix),
  };
  assert.equal(await deleteDueBlobs({ ...test.deps, blobs }), 0);
  assert.equal(await deleteDueBlobs(test.deps), 0, "it is tried again later, not at once");
  assert.equal((await reportMediaUsage(test.deps, 10)).deletions_waiting, 1);
  test.clock.shiftMs += 10 * 60_000;
  assert.equal(await deleteDueBlobs(test.deps), 1);
  assert.equal(await kept(test), 0);
});

Deno.test("blobs without a row are found, and the wrong database deletes nothing", async () => {
  await using test = await openTestMedia();
  await send(test);
  const stray = `media/ab/${"ab".repeat(16)}/original`;
  const put = () => test.deps.blobs.put(stray, new Blob(["x"]).stream(), 1);
  await put();
  const look = { dryRun: true, force: false };
  assert.deepEqual(await sweepOrphans(test.deps, look), { orphans: 1, known: 1, refused: false });
  assert.ok(await test.deps.blobs.head(stray));
  await sweepOrphans(test.deps, { dryRun: false, force: false });
  assert.equal(await kept(test), 1);
  assert.equal(await test.deps.blobs.head(stray), undefined);

  await using other = await openTestMedia();
  for (let i = 0; i < 25; i++) {
    const hex = i.toString(16).padStart(32, "0");
    await other.deps.blobs.put(`media/00/${hex}/original`, new Blob(["x"]).stream(), 1);
  }
  const swept = await sweepOrphans(other.deps, { dryRun: false, force: false });
  assert.deepEqual(swept, { orphans: 25, known: 0, refused: true });
  await other.media.jobs.runOnce();
  assert.equal(filesBelow(other.blobFolder).length, 25);
  const purged = await purgeMedia(other.deps, { orphans: true, dry_run: false });
  assert.equal(purged.orphans, 25);
  assert.equal(await kept(other), 0);
});

Deno.test("an administrator sees and purges storage", async () => {
  await using test = await openTestMedia();
  const mine = await send(test);
  await claim(test, [mine], inMessage("m"));
  await send(test);
  await send(test, BOB);
  const report = await reportMediaUsage(test.deps, 1);
  assert.deepEqual([report.files, report.unused_files, report.users.length], [3, 2, 1]);
  assert.equal(report.users[0]?.user_id, ALICE);
  const purge = (filter: object, dry_run = false) => purgeMedia(test.deps, { dry_run, ...filter });
  assert.equal((await purge({ user_id: ALICE }, true)).files, 2);
  assert.equal((await purge({ user_id: ALICE, unused: true })).files, 1);
  assert.equal((await purge({ before_ts: 1 })).files, 0);
  assert.equal((await purge({ uri: mine })).files, 1, "in use or not");
  await assert.rejects(() => purge({ uri: "mxc://other.test/abc" }), /no file of this server/);
  assert.equal(await kept(test), 1);
  assert.equal((await getMediaUsage(test.deps, ALICE)).files, 0);
});

Deno.test("the background work deletes what it is woken for", async () => {
  await using test = await openTestMedia();
  test.media.jobs.start();
  const uri = await send(test);
  await claim(test, [uri], inMessage("m"));
  await release(test, inMessage("m"));
  test.deps.wakeJobs();
  await waitFor("the blobs to go", () => filesBelow(test.blobFolder).length === 0);
});

Deno.test("killed in the middle: deletions are done and half uploads are gone at the next start", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      new URL("../../../tests/harness/media_crash_child.ts", import.meta.url).pathname,
    ],
    env: { OPENGUILD_TEST_URL: database.url, OPENGUILD_TEST_ROOT: folder.path },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const said = new TextDecoder().decode((await reader.read()).value);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  assert.equal(said.trim(), "released, and half way through an upload");

  await using test = await openTestMedia({ database, root: folder.path });
  assert.ok(filesBelow(test.blobFolder).length >= 4, "the blobs of both are still there");
  assert.equal((await test.deps.sql`select * from media`).length, 1);
  assert.deepEqual(filesBelow(test.spoolFolder), []);
  await test.media.jobs.runOnce();
  assert.equal(filesBelow(test.blobFolder).length, 1, "the deletion that was lost is done");
  test.clock.shiftMs += 2 * 3_600_000;
  assert.equal(await kept(test), 0);
  assert.deepEqual(filesBelow(test.blobFolder), []);
});
