import assert from "node:assert/strict";
import { VOICE_LIMITS } from "../../core/api/voice.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { DeviceId } from "../../core/ids/device_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { userId } from "../../tests/harness/events.ts";
import { StandingClock } from "../../tests/harness/callers.ts";
import { systemRng } from "../system/rng.ts";
import { type Ticket, VoiceTokens } from "./voice_tokens.ts";

const BOB = userId("@bob:two.test");
const roomId = "!room" as RoomId;
const channelId = "sofa" as ChannelId;

function ticket(user = BOB, device = "phone"): Ticket {
  const bytes = new Uint8Array(32);
  return {
    roomId,
    channelId,
    device: { user, device: device as DeviceId, signatureKey: bytes, certificate: bytes },
    keyPackage: { text: "AAAA", ref: "AAAA" },
  };
}

const use = { userId: BOB, device: "phone", roomId, channelId };

Deno.test("a token joins once, for its device, user, room and channel alone, and not for long", () => {
  const clock = new StandingClock();
  const tokens = new VoiceTokens({ clock, rng: systemRng });
  const given = ticket();
  const token = tokens.give(given);
  for (
    const other of [
      { ...use, userId: userId("@eve:two.test") },
      { ...use, userId: userId("@bob:three.test") },
      { ...use, device: "laptop" },
      { ...use, roomId: "!other" as RoomId },
      { ...use, channelId: "porch" as ChannelId },
    ]
  ) assert.equal(tokens.take(token, other), undefined);
  assert.equal(tokens.take(token.slice(1), use), undefined);
  // Whoever showed it for something else did not spend it.
  assert.equal(tokens.take(token, use), given);
  assert.equal(tokens.take(token, use), undefined, "a second time");

  const late = tokens.give(ticket());
  clock.shiftMs += VOICE_LIMITS.tokenMs;
  assert.equal(tokens.take(late, use), undefined, "too late");
  assert.equal(tokens.size, 0);

  const former = tokens.give(ticket());
  const newest = tokens.give(ticket());
  assert.equal(tokens.take(former, use), undefined, "a newer one was asked for");
  assert.ok(tokens.take(newest, use));
});

Deno.test("tokens that nobody uses are bounded, of one server and of all", () => {
  const tokens = new VoiceTokens({ clock: new StandingClock(), rng: systemRng });
  const kept = tokens.give(ticket());
  for (let at = 0; at < 300; at++) tokens.give(ticket(userId(`@u${at}:evil.test`)));
  assert.equal(tokens.size, VOICE_LIMITS.tokensPerServer + 1);
  assert.ok(tokens.take(kept, use), "one server takes no place of another");
  for (let at = 0; at < 1500; at++) tokens.give(ticket(userId(`@u:s${at}.test`)));
  assert.equal(tokens.size, VOICE_LIMITS.tokens);
});
