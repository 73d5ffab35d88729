import assert from "node:assert/strict";
import { runCli } from "../../../tests/harness/cli.ts";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { startServer } from "../../app.ts";
import { createGuild } from "../../services/guilds/create_guild.ts";
import { systemClock } from "../../system/clock.ts";
import { systemRng } from "../../system/rng.ts";
import type { RunningServer } from "../context.ts";

const ANN = "@ann:localhost" as UserId;

Deno.test("admin guild lists, shows and ends guilds, beside no running server", async () => {
  await using database = await freshDatabase();
  await using folder = await tempFolder();
  const started: RunningServer[] = [];
  const cli = (...args: string[]) =>
    runCli(["admin", "guild", ...args], {
      workingFolder: folder.path,
      env: { DATABASE_URL: database.url },
      rng: systemRng,
      clock: systemClock,
      parts: {
        async startServer(config, deps) {
          const server = await startServer(config, deps);
          started.push(server);
          if (started.length === 1) {
            assert.ok(server.parts.chat);
            await createGuild(server.parts.chat, ANN, { name: "Chess", icon: null });
            await createGuild(server.parts.chat, ANN, { name: "Go \u001b[2J", icon: null });
          }
          return server;
        },
      },
    });
  const list = await cli("list");
  assert.equal(list.code, 0, list.err);
  assert.match(
    list.out,
    /^NAME +MEMBERS +MESSAGES +MEDIA +OWNER +ID\nChess +1 +0 +0 bytes +@ann:localhost +!\S+\nGo \?\[2J/,
  );
  const shown = await cli("show", "Chess", "--json");
  const { guild } = JSON.parse(shown.out);
  assert.equal(guild.owner, ANN);
  const absent = await cli("show", "Checkers");
  assert.equal(absent.code, 1);
  assert.match(absent.err, /no guild "Checkers": openguild admin guild list shows all/);
  const careless = await cli("delete", guild.id);
  assert.equal(careless.code, 1);
  assert.match(careless.err, /would send 1 members out of "Chess", for ever.*--confirm "Chess"/);
  const ended = await cli("delete", guild.id, "--confirm", "Chess", "--reason", "asked for");
  assert.equal(ended.code, 0, ended.err);
  const left = JSON.parse((await cli("list", "--json")).out) as { guilds: { name: string }[] };
  assert.deepEqual(left.guilds.map(({ name }) => name), ["Go \u001b[2J"]);
  const [audit] = await database.sql`select action, target, reason from admin_audit`;
  assert.deepEqual({ ...audit }, { action: "guild.delete", target: guild.id, reason: "asked for" });
});
