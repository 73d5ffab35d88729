import assert from "node:assert/strict";
import type { AuditEntry } from "../../../core/api/guilds.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { bitsOf, formatBits, type Right } from "../../../core/permissions/bits.ts";
import { ENGLISH } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { auditLines, auditSentence, namer } from "./audit.ts";

const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));
const guild = {
  roles: [{ id: "gard", name: "Gardeners" }, { id: "everyone", name: "everyone" }],
  channels: [{ id: "pl", name: "plans" }],
} as unknown as Guild;

function tell(action: string, target: string | null, changes: AuditEntry["changes"]) {
  return inLanguage(ENGLISH, () => {
    const entry = { id: "$1", ts: 0, by: "@ann:a.example", action, target, reason: null, changes };
    const nameOf = namer(guild, [{ id: "@bob:a.example", display_name: "Bob" }]);
    const reader = { nameOf, timeZone: "Europe/Berlin" };
    return [
      auditSentence(entry, nameOf),
      ...auditLines(entry, reader).map((line) => `${line.label}: ${line.before} -> ${line.after}`),
    ];
  });
}

Deno.test("audit: rights of roles are told one by one, roles made and deleted by name", () => {
  const before = {
    gard: { position: 5, bits: hex("KICK", "PIN") },
    old: { position: 1, bits: "0" },
  };
  const after = { gard: { position: 5, bits: hex("PIN", "BAN") }, new: { position: 2, bits: "0" } };
  assert.deepEqual(tell("roles.update", null, [{ field: "roles", before, after }]), [
    "changed the rights or the order of roles",
    "@Gardeners · Ban: no -> yes",
    "@Gardeners · Kick: yes -> no",
    "deleted role: old -> deleted",
    "new: – -> made",
  ]);
});

Deno.test("audit: entries of a channel are told right by right", () => {
  const entry = (target: string, allow: string, deny: string) => ({ target, allow, deny });
  assert.deepEqual(
    tell("channel.permissions", "pl", [{
      field: "entries",
      before: [entry("everyone", "0", hex("SEND")), entry("gard", hex("SEND"), "0")],
      after: [entry("gard", "0", hex("SEND")), entry("@bob:a.example", hex("PIN"), "0")],
    }]),
    [
      "changed the permissions of #plans",
      "Everyone · Send: Deny -> As the roles say",
      "@Gardeners · Send: Allow -> Deny",
      "Bob · Pin: As the roles say -> Allow",
    ],
  );
});

Deno.test("audit: people and roles by name; what is not known stays as it is", () => {
  assert.deepEqual(
    tell("member.roles", "@bob:a.example", [{
      field: "roles",
      before: null,
      after: ["gard", "x"],
    }]),
    ["changed the roles of Bob", "Roles: – -> @Gardeners, x"],
  );
  assert.deepEqual(tell("member.kick", "@cid:b.example", []), ["kicked @cid@b.example"]);
  assert.deepEqual(tell("future.thing", "pl", []), ["future.thing #plans"]);
  assert.deepEqual(
    tell("channel.update", "pl", [{ field: "slow_mode_s", before: 0, after: 30 }]),
    ["changed #plans", "Slow mode, seconds: – -> 30"],
  );
});

Deno.test("audit: the end of a ban is told by the reader's clock", () => {
  const after = Date.UTC(2026, 11, 6, 23, 30);
  assert.deepEqual(
    tell("member.ban", "@bob:a.example", [{ field: "until", before: null, after }]),
    [
      "banned Bob",
      "Until: – -> Monday, December 7, 2026 at 12:30 AM",
    ],
  );
});

Deno.test("audit: a renamed emoji is told by its names, the first of which it has without a field", () => {
  const change = (before: string | null, after: string | null) => [
    { field: "name", before, after },
    { field: "former", before: null, after: ["fiesta"] },
  ];
  assert.deepEqual(tell("emoji.rename", "party", change(null, "fiesta")), [
    "renamed the emoji :party:",
    "Name: party -> fiesta",
  ]);
  assert.deepEqual(tell("emoji.rename", "party", change("fiesta", null)), [
    "renamed the emoji :party:",
    "Name: fiesta -> party",
  ]);
});
