import assert from "node:assert/strict";
import type { Guild } from "../../../core/api/guild.ts";
import { bitsOf, formatBits } from "../../../core/permissions/bits.ts";
import { ENGLISH } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { writeBlock } from "./write_block.ts";

const NOW = Date.UTC(2026, 10, 30, 9);
const HOUR_MS = 3_600_000;

function blockOf(untilMs: number | null, archived = false): string | null {
  const guild = { checking: null, me: { timeout_until: untilMs } } as Pick<
    Guild,
    "checking" | "me"
  >;
  const channel = { archived, permissions: formatBits(bitsOf("SEND")) };
  return inLanguage(
    ENGLISH,
    () => writeBlock(guild, channel, { right: "SEND", nowMs: NOW, timeZone: "UTC" }),
  );
}

Deno.test("who is timed out reads until when, with the day where that is not near", () => {
  assert.match(blockOf(NOW + HOUR_MS) ?? "", /until 10:00 AM:/);
  assert.match(blockOf(NOW + 7 * 24 * HOUR_MS) ?? "", /until Dec 7, 2026, 9:00 AM:/);
  assert.equal(blockOf(NOW), null);
  assert.equal(blockOf(null), null);
});

Deno.test("an archived channel and a missing right are named", () => {
  assert.match(blockOf(null, true) ?? "", /archived/i);
  const guild = { checking: null, me: { timeout_until: null } } as Pick<Guild, "checking" | "me">;
  const channel = { archived: false, permissions: formatBits(bitsOf("SEND")) };
  const asked = { right: "SEND_IN_THREADS", nowMs: NOW, timeZone: "UTC" } as const;
  assert.notEqual(inLanguage(ENGLISH, () => writeBlock(guild, channel, asked)), null);
});
