import assert from "node:assert/strict";
import { waitFor } from "../harness/wait_for.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { systemClock } from "../../server/system/clock.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { startPushService } from "../harness/push_service.ts";

const PATH = "/account/push";

Deno.test("devices are told while nobody looks, and their push services learn nothing", async (t) => {
  await using service = await startPushService();
  /** Holds those back who wait for whether somebody looks. */
  let gate: Promise<void> | undefined;
  const clock: Clock = {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic(),
    // Waits of seconds, for a device in use and before a second try, are short here.
    async sleep(ms, signal) {
      const long = ms >= 2000 && ms <= 8000;
      await systemClock.sleep(long ? 20 : ms, signal);
      if (long) await gate;
    },
  };
  await using server = await startHomeserver({
    clock,
    settings: { "push.test_services": service.origin },
  });
  const { owner, members: [bob, cyd], guildId, general } = await makeGuild(server, [
    "ann",
    "bob",
    "cyd",
  ]);
  assert.ok(bob && cyd);
  const { database: { sql } } = server.parts;
  const say = async (body: string, room = guildId): Promise<string> =>
    (await owner.do("POST", `/rooms/${room}/send`, {
      body,
      ...(room === guildId ? { channel_id: general } : {}),
    })).id;
  const read = (event_id: string) =>
    bob.do("POST", `/rooms/${guildId}/read`, { channel_id: general, event_id });
  /** Says one more that is told, and holds that nothing else was told before it. */
  const onlyThis = async (body: string, { room = guildId } = {}): Promise<void> => {
    const before = service.seen.length;
    const id = await say(body, room);
    const payload = JSON.parse(await service.open(await service.until(before + 1)));
    assert.equal(payload.event_id, id);
  };

  await t.step("an address that is no push service's is refused", async () => {
    const refused = async (endpoint: string, text: RegExp) => {
      const { status, body } = await bob.try("PUT", PATH, { ...service.subscription, endpoint });
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(body.error.message, text);
    };
    await refused("http://push.example.org/x", /https/);
    await refused("https://127.0.0.1:8448/x", /127\.0\.0\.0\/8/);
    await refused("https://[::1]/x", /2000::\/3/);
    await refused("https://169.254.169.254/latest", /169\.254/);
    await refused("https://user:secret@push.example.org/x", /password/);
    await refused("no address", /not the address/);
    const { devices } = await bob.do("GET", PATH);
    assert.deepEqual(devices, []);
  });

  await t.step(
    "a mention is told: signed by the server, with nothing of what was said",
    async () => {
      const { key } = await bob.do("GET", PATH);
      const device = await bob.do("PUT", PATH, service.subscription);
      assert.equal(device.current, true);
      await say("nothing for him");
      const id = await say(`<${bob.id}> the secret of the garden`);
      const seen = await service.until(1);
      assert.equal(seen.headers.get("content-encoding"), "aes128gcm");
      const wire = new TextDecoder("latin1").decode(seen.wire);
      const head = JSON.stringify([...seen.headers]);
      for (const said of ["secret", "garden", "bob", guildId, id, general]) {
        assert.ok(!wire.includes(said) && !head.includes(said), said);
      }
      assert.deepEqual(JSON.parse(await service.open(seen)), {
        v: 1,
        kind: "message",
        room_id: guildId,
        event_id: id,
      });
      const claims = await service.claims(seen);
      assert.equal(claims.key, key);
      assert.equal(claims.aud, service.origin);
      const note = await bob.do("GET", `${PATH}/note?room_id=${guildId}&event_id=${id}`);
      assert.equal(note.text, "@bob the secret of the garden");
      assert.equal(note.read, false);
      assert.equal(note.channel.id, general);
      await waitFor(
        "it to be noted",
        async () => (await bob.do("GET", PATH)).devices[0].last_push_ts !== null || undefined,
      );
    },
  );

  await t.step(
    "not told: what was read on another device, and what is muted",
    async () => {
      const looked = Promise.withResolvers<void>();
      gate = looked.promise;
      await read(await say(`<${bob.id}> read at once`));
      gate = undefined;
      looked.resolve();
      await onlyThis(`<${bob.id}> after what was read`);
      await bob.do("PATCH", "/account/notifications", {
        room_id: guildId,
        channel_id: general,
        muted: true,
      });
      await say(`<${bob.id}> while muted`);
      const dm = await owner.do("POST", "/dms", { user_id: bob.id });
      await bob.do("POST", `/rooms/${dm.room_id}/join`, {});
      await onlyThis("in a conversation every word is told", { room: dm.room_id });
      await bob.do("POST", "/account/notifications/reset", {
        room_id: guildId,
        channel_id: general,
      });
      await onlyThis(`<${bob.id}> after the mute`);
    },
  );

  await t.step("of a thread who follows it is told of all, others of mentions alone", async () => {
    const root = await say("who has seeds?");
    const inThread = async (body: string): Promise<string> =>
      (await owner.do("POST", `/rooms/${guildId}/send`, {
        channel_id: general,
        thread_id: root,
        body,
      })).id;
    const before = service.seen.length;
    await inThread("nobody follows yet");
    const called = await inThread(`<${bob.id}> do you?`);
    const followed = await inThread("he was called, and follows");
    const told: string[] = [];
    for (const n of [1, 2]) {
      told.push(JSON.parse(await service.open(await service.until(before + n))).event_id);
    }
    assert.deepEqual(told, [called, followed]);
    const note = await bob.do("GET", `${PATH}/note?room_id=${guildId}&event_id=${followed}`);
    assert.deepEqual([note.thread_id, note.read], [root, false]);
    await read(await say("read to here"));
    await onlyThis(`<${bob.id}> after the thread`);
    const still = await bob.do("GET", `${PATH}/note?room_id=${guildId}&event_id=${followed}`);
    assert.equal(still.read, false, "what is read of the channel is not read of its threads");
  });

  await t.step("not told: what comes in quiet hours, and until quiet by hand ends", async () => {
    await cyd.do("PUT", PATH, {
      ...service.subscription,
      endpoint: `${service.origin}/p/two`,
    });
    /** Says something to both, and waits until it was decided whom to tell. */
    const saidToBoth = async (body: string) => {
      const before = service.seen.length;
      await say(`<${bob.id}> <${cyd.id}> ${body}`);
      await service.until(before + 1);
    };
    const quiet = (wish: object) => bob.do("POST", "/account/quiet", wish);
    const hours = { on: true, days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "00:00" };
    const change = { quiet_hours: { ...hours, zone: "Asia/Tokyo" } };
    await bob.do("PATCH", "/account/preferences", change);
    await saidToBoth("in quiet hours");
    const ended = await quiet({ kind: "end" });
    assert.ok(ended.quiet_ended > systemClock.now(), "the hours are over for now");
    await onlyThis(`<${bob.id}> after they were ended`);
    await bob.do("PATCH", "/account/preferences", {
      quiet_hours: { ...change.quiet_hours, on: false },
    });
    const until = (await quiet({ kind: "for", ms: 3_600_000 })).quiet_until;
    assert.ok(until > systemClock.now() && until <= systemClock.now() + 3_600_000);
    const { snapshot } = await bob.do("GET", "/sync");
    assert.equal(snapshot.quiet.quiet_until, until);
    await saidToBoth("while quiet by hand");
    assert.equal((await quiet({ kind: "end" })).quiet_until, null);
    await onlyThis(`<${bob.id}> after the quiet`);
    await cyd.do("DELETE", `${PATH}/current`);
    const nowhere = { ...change.quiet_hours, zone: "Europe/Nowhere" };
    const refused = await bob.try("PATCH", "/account/preferences", { quiet_hours: nowhere });
    assert.equal(refused.status, 400);
    assert.match(JSON.stringify(refused.body), /time zone/);
  });

  await t.step(
    "a service that is busy is asked again; one that has nobody any more is not",
    async () => {
      service.answers.push(503);
      const before = service.seen.length;
      const id = await say(`<${bob.id}> twice`);
      const again = await service.until(before + 2);
      assert.equal(JSON.parse(await service.open(again)).event_id, id);
      service.answers.push(410);
      await say(`<${bob.id}> to nobody`);
      await waitFor(
        "the device to be gone",
        async () => (await bob.do("GET", PATH)).devices.length === 0 || undefined,
      );
    },
  );

  await t.step("a trial says what came of it; a device goes with its session", async () => {
    assert.equal((await bob.try("POST", `${PATH}/try`, {})).status, 404);
    await bob.do("PUT", PATH, service.subscription);
    const before = service.seen.length;
    await bob.do("POST", `${PATH}/try`, {});
    const seen = await service.until(before + 1);
    assert.deepEqual(JSON.parse(await service.open(seen)), { v: 1, kind: "trial" });
    service.answers.push(400);
    assert.equal((await bob.try("POST", `${PATH}/try`, {})).status, 503);
    await owner.do("PUT", PATH, service.subscription);
    assert.deepEqual((await bob.do("GET", PATH)).devices, [], "the browser is another's now");
    await owner.do("DELETE", `${PATH}/current`);
    assert.equal((await owner.try("DELETE", `${PATH}/current`)).status, 404);
    await bob.do("PUT", PATH, service.subscription);
    await bob.do("POST", "/logout", {});
    assert.deepEqual([...await sql`select 1 from push_devices`], []);
  });

  await t.step("the key is the same after a start from a kept database", async () => {
    const { key } = await owner.do("GET", PATH);
    const rows = await sql<{ public_key: string }[]>`select public_key from push_key`;
    assert.deepEqual(rows.map((row) => row.public_key), [key]);
  });
});
