import assert from "node:assert/strict";
import { limits } from "../../core/limits.ts";
import { Speakers } from "./speakers.ts";

Deno.test("few voices are all heard; of many the loudest, and who takes a place is told apart", () => {
  const speakers = new Speakers();
  const voices = Array.from(
    { length: limits.voice.maxSpeakers },
    (_, at) => ({ loudness: 50 + at }),
  );
  for (const voice of voices) assert.deepEqual(speakers.admit(voice), { isNew: true });
  for (const voice of voices) assert.deepEqual(speakers.admit(voice), { isNew: false });

  const late = { loudness: 52 };
  assert.equal(speakers.admit(late), undefined, "hardly louder than the quietest");
  late.loudness = 70;
  assert.deepEqual(speakers.admit(late), { isNew: true });
  const [quietest, second] = voices;
  assert.ok(quietest && second);
  assert.equal(speakers.admit(quietest), undefined, "its place is taken");
  speakers.remove(second);
  assert.deepEqual(speakers.admit(quietest), { isNew: true }, "a place is free");
});
