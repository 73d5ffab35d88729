import assert from "node:assert/strict";
import { ENGLISH } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { wayIn } from "./way_in.ts";

const told = (createdBy: string) => inLanguage(ENGLISH, () => wayIn(createdBy));

Deno.test("how an account came is said in words, and what is not known as it is", () => {
  assert.equal(told("open"), "Open registration");
  assert.equal(told("first_administrator"), "The first administrator's link");
  assert.equal(told("invite:WS9RP6VsGRG"), "Invite link WS9RP6VsGRG");
  for (const unknown of ["", "by_pigeon", "by_pigeon:7", "constructor"]) {
    assert.equal(told(unknown), unknown);
  }
});
