import assert from "node:assert/strict";
import { contentDisposition } from "./content_disposition.ts";
import { cleanFileName, renameEnding } from "./file_name.ts";

Deno.test("file names lose paths, controls and tricks, and keep what people wrote", () => {
  const cases: [string, string][] = [
    ["holiday.jpg", "holiday.jpg"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\me\\photo.png", "photo.png"],
    ["invoice\u202egpj.exe", "invoicegpj.exe"],
    ["a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"],
    ["..", "file"],
    ["", "file"],
    [".bashrc", "bashrc"],
    ["名前 の.png", "名前 の.png"],
    ["e\u0301.txt", "é.txt"],
    ["\ud800.txt", "\ufffd.txt"],
    ['<b>"quoted"?.txt', "bquoted.txt"],
    ["trailing. . .", "trailing"],
  ];
  for (const [given, wanted] of cases) assert.equal(cleanFileName(given), wanted);
  const long = cleanFileName(`${"x".repeat(500)}.tar.gz`);
  assert.equal(long.length, 200);
  assert.ok(long.endsWith("x.gz"));
  assert.equal(renameEnding("cat.in.hat.png", "webp"), "cat.in.hat.webp");
  assert.equal(renameEnding("cat", "webp"), "cat.webp");
});

Deno.test("Content-Disposition cannot be left, whatever the name", () => {
  const names = ["a.txt", 'a".txt', "a\\.txt", "a;b=c.txt", "é'(x)*.txt", "日本.png", "100%.txt"];
  for (const name of names) {
    const value = contentDisposition("attachment", name);
    const match = /^attachment; filename="([^"\\]*)"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)$/
      .exec(value);
    assert.ok(match, value);
    assert.equal(decodeURIComponent(match[2] ?? ""), name);
    new Headers({ "content-disposition": value }); // throws on what is no header
  }
});
