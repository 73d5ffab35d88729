import assert from "node:assert/strict";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { runCli } from "../harness/cli.ts";
import { PASSWORD, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";

Deno.test("administrators read which events were not accepted, and why, page by page; nobody else does", async () => {
  await using server = await startHomeserver();
  const admin = await server.register("admin");
  const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
  await sql`
    insert into inbound_receipts (received_ts, door, origin, outcome, reason, room_id, event_id,
      sender, type)
    select n, 'send', case when n % 2 = 0 then 'two.test' else 'three.test' end,
      case when n % 3 = 0 then 'dropped' else 'soft_failed' end, case when n = 6 then '' else 'now.acl: ' end || n, '!r', '$' || n,
      '@bob:two.test', 'm.room.message'
    from generate_series(1, 9) as n`;
  await sql.end();
  const read = (query: string) => admin.do("GET", `/admin/federation/events?${query}`);
  const first = await read("limit=4");
  assert.deepEqual(first.events.map((event: { reason: string }) => event.reason), [
    "now.acl: 9",
    "now.acl: 8",
    "now.acl: 7",
    "6",
  ]);
  assert.equal(first.waiting, 0);
  const next = await read(`limit=4&before=${first.events.at(-1).id}&server=two.test`);
  assert.deepEqual(next.events.map(({ event_id: id }: { event_id: string }) => id), ["$4", "$2"]);
  const dropped = await read("outcome=dropped");
  assert.equal(dropped.events.length, 3);
  const [one] = (await read("event_id=$5")).events;
  assert.equal(one.origin, "three.test");
  assert.equal(one.sender, "@bob:two.test");
  assert.equal((await server.call("GET", "/admin/federation/events")).status, 401);
  assert.deepEqual(
    first.events.map(({ code }: { code: string | null }) => code),
    ["now.acl", "now.acl", "now.acl", null],
    "what an earlier version wrote may have none",
  );
  const shownIn = async (language: string) => {
    const login = await fetch(`${server.url}/client/v1/login`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ user_name: "admin", password: PASSWORD, transport: "cookie" }),
    });
    await login.body?.cancel();
    const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    const page = await fetch(`${server.url}/admin/federation/events?server=three.test`, {
      headers: { cookie, "accept-language": language },
    });
    return (await page.text()).match(/<li class="row-card">.*?<\/li>/gs) ?? [];
  };
  const [german] = await shownIn("de");
  assert.match(german ?? "", /Der Raum schließt den Server von @bob:two\.test aus\./);
  assert.match(german ?? "", /lang="en"[^>]*>9</, "with the sentence as it was written");
  assert.match((await shownIn("en"))[0] ?? "", /The room shuts out the server of @bob:two\.test\./);

  await using folder = await tempFolder();
  const cli = (...args: string[]) =>
    runCli(["federation", "events", ...args], {
      workingFolder: folder.path,
      env: { DATABASE_URL: server.databaseUrl },
    });
  const shown = await cli("--server", "TWO.test", "--outcome", "soft_failed", "--limit", "1");
  assert.equal(shown.code, 0, shown.err);
  assert.equal(
    shown.out,
    "1970-01-01 00:00 UTC  soft_failed  from two.test (send)\n  now.acl: 8\n" +
      "  m.room.message @bob:two.test !r $8\n0 wait now for what they cite, or for a key.\n",
  );
  const json = JSON.parse((await cli("--room", "!r", "--before", "4", "--json")).out);
  assert.deepEqual(json.events.map(({ id }: { id: number }) => id), [3, 2, 1]);
  for (
    const [args, why] of [
      [["--outcome", "lost"], /--outcome is "lost"; give one of soft_failed, rejected, waiting/],
      [["--limit", "0"], /--limit is "0"; give a whole number from 1 to 1000/],
      [["--server", "no name!"], /"no name!" is no name of a server: give it like example\.com/],
    ] as const
  ) {
    const wrong = await cli(...args);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, why);
  }
});
