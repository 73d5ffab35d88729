import assert from "node:assert/strict";
import { makeGuild, PASSWORD, startHomeserver } from "../harness/homeserver.ts";
import { runCli } from "../harness/cli.ts";
import { tempFolder } from "../harness/temp_folder.ts";

Deno.test("what an administrator sees of the server, and sets while it runs", async (t) => {
  await using server = await startHomeserver({
    settings: { "accounts.registration": "invite", "metrics.token": "hidden-word" },
  });
  const { owner: admin, members: [bob], guildId, general } = await makeGuild(server, [
    "ann",
    "bob",
  ]);
  assert.ok(bob);
  await bob.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body: "hello" });

  await t.step("only administrators", async () => {
    const doors = ["configuration", "doctor", "figures", "overview", "media/usage"];
    for (const door of doors) {
      assert.equal((await bob.try("GET", `/admin/${door}`)).status, 403, door);
    }
    assert.equal((await bob.try("POST", "/admin/doctor")).status, 403);
    assert.equal((await bob.try("GET", `/admin/users/${bob.id}/guilds`)).status, 403);
  });

  await t.step("the configuration: origins, units, and no secret", async () => {
    const answer = await admin.do("GET", "/admin/configuration");
    const of = (id: string) => answer.entries.find((each: { id: string }) => each.id === id);
    assert.deepEqual(
      [of("accounts.registration").origin, of("accounts.registration").value],
      ["flag", "invite"],
    );
    assert.deepEqual(
      [of("accounts.session_ttl").origin, of("accounts.session_ttl").value],
      ["default", "90d"],
    );
    assert.deepEqual(
      [of("database.url").secret, of("database.url").set, of("database.url").value],
      [true, true, null],
    );
    const shown = JSON.stringify(answer);
    assert.ok(!shown.includes("hidden-word") && !shown.includes(server.databaseUrl));
    assert.equal(answer.data_folder, server.parts.config.dataFolder);
  });

  await t.step(
    "a title, a sentence and a notice are seen by everybody; pinned ones stay",
    async () => {
      await admin.do("POST", "/account/confirm", { password: PASSWORD });
      const { settings, pinned } = await admin.do("PATCH", "/admin/settings", {
        server_title: "The Workshop",
        server_description: "People who make things.",
        notice: "We move on Sunday.",
      });
      assert.equal(settings.notice, "We move on Sunday.");
      assert.deepEqual(pinned, ["registration_mode"]);
      const facts = (await server.call("GET", "/server")).body;
      assert.deepEqual(
        [facts.title, facts.description, facts.notice],
        ["The Workshop", "People who make things.", "We move on Sunday."],
      );
      const held = await admin.try("PATCH", "/admin/settings", { registration_mode: "open" });
      assert.equal(held.status, 409);
      const bad = await admin.try("PATCH", "/admin/settings", { notice: "two\nlines" });
      assert.equal(bad.status, 400);
      const configured = await admin.do("GET", "/admin/configuration");
      const title = configured.entries.find((each: { id: string }) => each.id === "server.title");
      assert.deepEqual([title.origin, title.value], ["pages", "The Workshop"]);
    },
  );

  await t.step("the command line sets the same, and the log of acts tells them apart", async () => {
    await using folder = await tempFolder();
    const run = (...args: string[]) =>
      runCli(["admin", "setting", ...args], {
        workingFolder: folder.path,
        parts: { live: server.parts },
      });
    const set = await run("set", "notice", "Moved.");
    assert.equal(set.code, 0, set.err);
    assert.equal((await server.call("GET", "/server")).body.notice, "Moved.");
    assert.equal((await run("set", "notice")).code, 0);
    assert.equal((await server.call("GET", "/server")).body.notice, null);
    const unknown = await run("set", "listen.port", "80");
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.err, /cannot be changed while the server runs/);
    const bad = await run("set", "registration_mode", "everyone");
    assert.notEqual(bad.code, 0);
    const list = await run("list");
    assert.match(list.out, /server\.title = The Workshop \(pages, set server_title\)/);
    assert.doesNotMatch(list.out, /hidden-word/);
    const byCli = await admin.do("GET", "/admin/audit?actor=cli&action=settings");
    assert.equal(byCli.entries.length, 2);
    const byAnn = await admin.do(
      "GET",
      `/admin/audit?actor=${encodeURIComponent(admin.id)}&action=settings`,
    );
    assert.equal(byAnn.entries.length, 1);
  });

  await t.step("the checks run inside the server", async () => {
    assert.ok((await admin.do("GET", "/admin/doctor")).findings.length > 0, "the first looks");
    const [first, second] = await Promise.all([
      admin.do("POST", "/admin/doctor"),
      admin.do("POST", "/admin/doctor"),
    ]);
    assert.equal(first.ran_ts, second.ran_ts, "one run for both");
    const checks = first.findings.map((each: { check: string }) => each.check);
    assert.ok(checks.includes("database") && checks.includes("disk"), checks.join());
    assert.deepEqual(await admin.do("GET", "/admin/doctor"), first);
  });

  await t.step("overview and figures", async () => {
    const overview = await admin.do("GET", "/admin/overview");
    assert.deepEqual(
      [overview.accounts, overview.active_day, overview.guilds, overview.processes],
      [2, 2, 1, 1],
    );
    assert.ok(overview.database_bytes > 1_000_000 && overview.memory_bytes > 1_000_000);
    for (const span of ["day", "week", "month", "year"]) {
      const { points, step_ms } = await admin.do("GET", `/admin/figures?span=${span}`);
      assert.deepEqual(points, [], "nothing was recorded within the first minutes");
      assert.ok(step_ms > 0);
    }
    assert.equal((await admin.try("GET", "/admin/figures?span=century")).status, 400);
  });

  await t.step("users by order, with pages; their guilds", async () => {
    const names = async (query: string) =>
      (await admin.do("GET", `/admin/users?${query}`)).users
        .map((user: { user_name: string }) => user.user_name);
    assert.deepEqual(await names("order=oldest"), ["ann", "bob"]);
    assert.deepEqual(await names("order=newest"), ["bob", "ann"]);
    assert.deepEqual(await names("order=name"), ["ann", "bob"]);
    assert.equal((await names("order=seen")).length, 2);
    const page = await admin.do("GET", "/admin/users?order=name&limit=1");
    assert.equal(page.next, "1");
    assert.deepEqual(await names("order=name&limit=1&before=1"), ["bob"]);
    assert.equal((await admin.try("GET", "/admin/users?order=name&before=x")).status, 400);
    const { guilds } = await admin.do("GET", `/admin/users/${bob.id}/guilds`);
    assert.deepEqual(guilds.map(({ id }: { id: string }) => id), [guildId]);
    const one = await admin.do("GET", `/admin/users/${bob.id}`);
    assert.deepEqual(one.media, { files: 0, bytes: 0 });
  });

  await t.step("guilds by name and size", async () => {
    const other = await bob.do("POST", "/guilds", { name: "100%_sure" });
    const ids = async (query: string) =>
      (await admin.do("GET", `/admin/guilds?${query}`)).guilds.map(({ id }: { id: string }) => id);
    assert.deepEqual(await ids("order=name"), [other.id, guildId]);
    assert.deepEqual(await ids("order=members"), [guildId, other.id]);
    assert.deepEqual(await ids("order=members&limit=1&after=1"), [other.id]);
    assert.deepEqual(await ids("query=TEST%20g"), [guildId]);
    assert.deepEqual(await ids(`query=${encodeURIComponent("0%_")}`), [other.id]);
    assert.deepEqual(await ids(`query=${encodeURIComponent("_est")}`), [], "no wildcards");
    assert.deepEqual(await ids(`query=${encodeURIComponent(guildId)}`), [guildId]);
  });

  await t.step("media by guild, and a purge that stands in the log of acts", async () => {
    const uploaded = await fetch(
      `${server.url}/client/v1/media/upload?filename=note.txt&purpose=attachment`,
      {
        method: "PUT",
        headers: { authorization: `Bearer ${bob.token}`, "content-type": "text/plain" },
        body: "a note",
      },
    );
    assert.equal(uploaded.status, 200, await uploaded.clone().text());
    const { uri } = await uploaded.json();
    await bob.do("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: "a dot",
      media: [{ uri }],
    });
    const usage = await admin.do("GET", "/admin/media/usage");
    assert.deepEqual(
      usage.guilds.map((each: { name: string; files: number }) => [each.name, each.files]),
      [["Test guild", 1]],
    );
    assert.deepEqual([usage.remote.files, usage.users[0].user_id], [0, bob.id]);
    await admin.do("POST", "/admin/media/purge", { remote: true });
    await admin.do("POST", "/admin/media/purge", { uri });
    const { entries } = await admin.do("GET", "/admin/audit?action=media");
    assert.deepEqual(
      entries.map((each: { target: string | null; actor: string }) => [each.target, each.actor]),
      [[uri, admin.id], [null, admin.id]],
    );
  });
});
