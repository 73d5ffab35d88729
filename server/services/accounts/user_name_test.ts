import assert from "node:assert/strict";
import { OperationError } from "../../../core/errors.ts";
import { parseUserName, skeletonOf } from "./user_name.ts";

function refusal(typed: string): string {
  try {
    parseUserName(typed);
  } catch (error) {
    assert(error instanceof OperationError);
    assert.equal(error.code, "bad_user_name");
    return error.message;
  }
  return assert.fail(`${JSON.stringify(typed)} was accepted`);
}

Deno.test("user names follow the stated grammar", () => {
  for (const name of ["al", "alice", "a.b-c_d", "42", "x".repeat(32), "tom5"]) {
    assert.equal(parseUserName(name).local, name);
  }
  assert.equal(parseUserName(" Alice ").local, "alice");
});

Deno.test("a refused user name says which rule failed and at what", () => {
  assert.match(refusal("a"), /at least 2/);
  assert.match(refusal("x".repeat(33)), /33 characters, at most 32/);
  assert.match(refusal(".ab"), /begin with/);
  assert.match(refusal("ab-"), /end with/);
  assert.match(refusal("a..b"), /next to each other/);
  assert.match(refusal("a._b"), /next to each other/);
  assert.match(refusal("аlice"), /U\+0430/);
  assert.match(refusal("al ice"), /U\+0020/);
  assert.match(refusal("ali‮ce"), /U\+202E/);
  assert.match(refusal("alice\u0000"), /U\+0000/);
  assert.match(refusal("😀😀"), /U\+1F600/);
});

Deno.test("names that look alike share a skeleton and others do not", () => {
  for (
    const [a, b] of [["paypal", "paypa1"], ["tom", "torn"], ["bob", "b0b"], ["wow", "vvow"], [
      "john.doe",
      "john_doe",
    ]] as const
  ) assert.equal(skeletonOf(a), skeletonOf(b), `${a} ${b}`);
  for (const [a, b] of [["mail", "mall"], ["johndoe", "john.doe"], ["tom5", "toms"]] as const) {
    assert.notEqual(skeletonOf(a), skeletonOf(b), `${a} ${b}`);
  }
});

Deno.test("reserved names are known in every look", () => {
  for (const name of ["admin", "adm1n", "a.d.m.i.n", "r00t", "rnod", "support", "5upport"]) {
    assert.equal(parseUserName(name).reserved, "office", name);
  }
  for (const name of ["everyone", "ever-yone", "here", "openguild", "0penguild", "www"]) {
    assert.equal(parseUserName(name).reserved, "word", name);
  }
  for (const name of ["modest", "adminton", "alan", "hera"]) {
    assert.equal(parseUserName(name).reserved, undefined, name);
  }
});
