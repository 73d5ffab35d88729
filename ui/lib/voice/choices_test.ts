import assert from "node:assert/strict";
import { DEFAULT_CHOICES, parseVoiceChoices, withVolume } from "./choices.ts";

Deno.test("choices come back as they were kept", () => {
  const choices = withVolume(
    { ...DEFAULT_CHOICES, input: "mic-2", pushToTalk: true, thresholdDb: -42, ringSound: false },
    "@bo:x",
    150,
  );
  assert.deepEqual(parseVoiceChoices(JSON.stringify(choices)), choices);
  assert.deepEqual(withVolume(choices, "@bo:x", 100).volumes, {});
});

Deno.test("what is no choice is the default", () => {
  for (const stored of [null, "", "7", "[", "null", '"x"', "{}"]) {
    assert.deepEqual(parseVoiceChoices(stored), DEFAULT_CHOICES);
  }
  const damaged = {
    input: 7,
    output: "x".repeat(201),
    noiseSuppression: "yes",
    thresholdDb: 3,
    volumes: { "@a:x": 201, "@b:x": -1, "@c:x": "loud", "@d:x": 100, "@e:x": 20 },
  };
  assert.deepEqual(parseVoiceChoices(JSON.stringify(damaged)), {
    ...DEFAULT_CHOICES,
    volumes: { "@e:x": 20 },
  });
});
