import assert from "node:assert/strict";
import { type CodePiece, grammarOf, highlight } from "./highlight.ts";

function textOf(pieces: readonly CodePiece[]): string {
  return pieces.map((piece) => typeof piece === "string" ? piece : textOf(piece.pieces)).join("");
}

function scopesOf(pieces: readonly CodePiece[]): string[] {
  return pieces.flatMap((piece) =>
    typeof piece === "string" ? [] : [piece.scope, ...scopesOf(piece.pieces)]
  );
}

Deno.test("tokens are named and not a character is lost", async () => {
  const source = 'const a = "<b>&amp;"; // done\nif (a < 3) f(`${a}`);';
  const pieces = await highlight(source, "ts");
  assert.ok(pieces);
  assert.equal(textOf(pieces), source);
  const scopes = scopesOf(pieces);
  for (const scope of ["keyword", "string", "comment", "number"]) assert.ok(scopes.includes(scope));
});

Deno.test("a language inside another stays in its place", async () => {
  const source = "<script>let a = 1;</script><p class='x'>hi</p>";
  const pieces = await highlight(source, "html");
  assert.equal(textOf(pieces ?? []), source);
});

Deno.test("what people write after the fence", () => {
  const names = [["TS", "typescript"], ["c++", "cpp"], ["py 3", "python"], ["yml", "yaml"]];
  for (const [typed, name] of names) assert.equal(grammarOf(typed ?? ""), name);
  for (const typed of ["", "text", "constructor", "__proto__", "../x", "toString"]) {
    assert.equal(grammarOf(typed), undefined, typed);
  }
});

Deno.test("an unknown language leaves the text as it is", async () => {
  assert.equal(await highlight("x", "klingon"), undefined);
});
