import assert from "node:assert/strict";
import { SealRefused } from "../../../core/e2ee/engine/types.ts";
import { ApiError } from "../api/request.ts";
import { ENGLISH } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import type { RemoteEngine } from "./remote_engine.ts";
import { OpenedEvents } from "./sealed_view.ts";
import { draftOf, sealAndGive, type SealedContent } from "./speak.ts";

const english = <Result>(act: () => Result) => inLanguage(ENGLISH, act);
const place = { roomId: "!r", channelId: "main", relation: undefined };
const draft = { type: "message", body: "hello" } as const;
const stale = () => new ApiError(409, "stale_epoch", "The group has moved on.");

/** An engine that seals as the `n`th generation, and writes down what it is asked. */
function voice(refuse?: SealRefused) {
  const log: string[] = [];
  let generation = 0;
  const engine = {
    ask(name: string) {
      log.push(name);
      if (name !== "seal") return Promise.resolve(undefined);
      if (refuse) return Promise.reject(refuse);
      const nonce = `n${++generation}`;
      return Promise.resolve({
        sealed: { v: 1, epoch: 1, nonce, key: "a2V5", body: "Ym9keQ" },
        media: [],
      });
    },
  };
  return {
    log,
    voice: {
      engine: Promise.resolve(engine as unknown as RemoteEngine),
      opened: new OpenedEvents(),
    },
  };
}

Deno.test("a message lies sealed in the store before the network sees it, and goes out again the same", async () => {
  const { voice: speaker, log } = voice();
  let stored: SealedContent | undefined;
  const given: string[] = [];
  const keep = (content: SealedContent | undefined) => {
    log.push("keep");
    stored = content;
    return Promise.resolve();
  };
  const give = ({ sealed }: SealedContent) => {
    log.push("give");
    given.push(sealed.nonce);
    return given.length === 1
      ? Promise.reject(new ApiError(0, "offline", "Nothing answered."))
      : Promise.resolve("sent");
  };
  await assert.rejects(sealAndGive(speaker, place, { draft, give, keep }), /Nothing answered/);
  assert.deepEqual(log, ["seal", "keep", "give"]);
  // The tab died here: the next one finds it in the store.
  const sent = await sealAndGive(speaker, place, { draft, former: stored, give, keep });
  assert.equal(sent, "sent");
  assert.deepEqual(given, ["n1", "n1"]);
});

Deno.test("where the group has moved on a message is sealed anew, a few times at the most", async () => {
  const { voice: speaker, log } = voice();
  const kept: (string | undefined)[] = [];
  const given: string[] = [];
  const keep = (content: SealedContent | undefined) => {
    kept.push(content?.sealed.nonce);
    return Promise.resolve();
  };
  const give = ({ sealed }: SealedContent) => {
    given.push(sealed.nonce);
    return given.length < 3 ? Promise.reject(stale()) : Promise.resolve("sent");
  };
  assert.equal(await sealAndGive(speaker, place, { draft, give, keep }), "sent");
  assert.deepEqual(given, ["n1", "n2", "n3"]);
  // What was refused is never given out again, not even after a crash in between.
  assert.deepEqual(kept, ["n1", undefined, "n2", undefined, "n3"]);
  assert.deepEqual(log, ["seal", "sync", "seal", "sync", "seal"]);
  const always = sealAndGive(speaker, place, { draft, give: () => Promise.reject(stale()) });
  await assert.rejects(always, /moved on/);
});

Deno.test("what cannot be sealed now waits; what a person must decide is told", async () => {
  const codeOf = async (reason: SealRefused["reason"]) => {
    const { voice: speaker } = voice(new SealRefused(reason, "no"));
    const give = () => Promise.resolve("sent");
    return await english(() => sealAndGive(speaker, place, { draft, give })).then(
      () => "sent",
      (error) => [error.code, ...Object.keys(error.details)].join(", "),
    );
  };
  assert.equal(await codeOf("waiting_for_devices"), "offline, unsent");
  assert.equal(await codeOf("removal_pending"), "offline, unsent");
  assert.equal(await codeOf("identity_changed"), "encrypted_room, final");
  assert.equal(await codeOf("unexpected_member"), "encrypted_room, final");
});

Deno.test("a file that servers can read does not go into an encrypted message", () => {
  const file = {
    uri: "mxc://one.test/abc",
    name: "beds.png",
    type: "image/png",
    size: 10,
    alt: null,
    width: null,
    height: null,
    thumbhash: null,
    spoiler: false,
  };
  assert.throws(
    () => english(() => draftOf({ body: "", media: [file] })),
    /beds\.png was attached before/,
  );
  const lock = { key: "k", hash: "h", thumb: undefined };
  const locked = draftOf({ body: "", media: [{ ...file, lock } as typeof file] });
  assert.deepEqual(locked.media?.map((each) => [each.name, each.key]), [["beds.png", "k"]]);
});
