import assert from "node:assert/strict";
import { allSettings } from "../../config/config.ts";
import { plain } from "../options.ts";
import { type SettingLine, settingLines } from "./admin_setting.ts";

const LINES = allSettings().map(({ id, setting }): SettingLine => ({
  name: id,
  value: `https://${"long".repeat(20)}.example/`,
  from: "default",
  runTime: id.startsWith("accounts.") ? id.replace(".", "_") : null,
  meaning: plain(setting.doc),
}));

Deno.test("every setting is listed with its value and what it means, as wide as the terminal", () => {
  for (const columns of [40, 80, 200]) {
    const text = settingLines(LINES, columns);
    const lines = text.trimEnd().split("\n");
    for (const line of lines) assert.ok([...line].length <= columns, `${columns}: ${line}`);
    for (const { name, value } of LINES) {
      const joined = text.replaceAll("\n    ", "").replaceAll(" ", "");
      assert.ok(joined.includes(`${name}=${value}`), name);
    }
    const meanings = lines.filter((line) => /^ {2}\S/.test(line));
    assert.equal(meanings.length, LINES.length, "one line says what each is for");
  }
});

Deno.test("what it says of a value cannot move the cursor", () => {
  const text = settingLines([{
    name: "server.title",
    value: "a\u001b[2Jb\nserver.name = evil",
    from: "pages",
    runTime: "server_title",
    meaning: "What people see.",
  }], 80);
  assert.equal(
    text,
    "server.title = a?[2Jb?server.name = evil (pages, set server_title)\n  What people see.\n",
  );
});
