import assert from "node:assert/strict";
import { previewLinks } from "./links.ts";

const hrefs = (source: string) => previewLinks(source).map(({ href }) => href);

Deno.test("links that ask for a preview: those a reader sees as links, in their order", () => {
  const cases: [string, string[]][] = [
    ["no link", []],
    ["see https://a.example/x?y=1#z, and http://b.example", [
      "https://a.example/x?y=1#z",
      "http://b.example",
    ]],
    ["[named](https://a.example/) **https://b.example/**", [
      "https://a.example/",
      "https://b.example/",
    ]],
    ["![picture](https://a.example/p.png)", ["https://a.example/p.png"]],
    ["> quoted https://a.example/\n\n- item https://b.example/", [
      "https://a.example/",
      "https://b.example/",
    ]],
    ["| a | b |\n|---|---|\n| https://a.example/ | x |", ["https://a.example/"]],
    ["<https://a.example/> and [b](<https://b.example/>)", []],
    ["`https://a.example/`", []],
    ["```\nhttps://a.example/\n```", []],
    ["    https://a.example/", []],
    ["||https://a.example/||", []],
    ["mailto:a@b.example javascript:alert(1) [x](javascript:alert(1)) ftp://a.example/", []],
    ["[x](data:text/html,hi) [y](file:///etc/passwd) //a.example/", []],
    ["www.a.example", ["http://www.a.example"]],
  ];
  for (const [source, links] of cases) assert.deepEqual(hrefs(source), links, source);
});

Deno.test("what no reader could follow has no links", () => {
  assert.deepEqual(hrefs(">".repeat(100) + " https://a.example/"), []);
});
