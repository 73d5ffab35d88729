/** G24 for files of other servers: whatever they send, a reader gets the named file or nothing. */
import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import { encodeBase58Of16, encodeBase58Of32 } from "../../core/ids/base58.ts";
import { mediaIdOf, type MediaUri } from "../../core/ids/media_uri.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { AskOrder } from "../../federation/perform/ask_order.ts";
import { TransportError } from "../../federation/ports.ts";
import { RemoteMedia } from "../../server/services/media/remote/remote_media.ts";
import { serverName } from "../harness/events.ts";
import { ALICE, BOB, filesBelow, openTestMedia, type TestMedia } from "../harness/media.ts";
import { png } from "../harness/pictures.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { waitFor } from "../harness/wait_for.ts";

const TWO = serverName("two.test");
const THREE = serverName("three.test");
const rng = seededRng(77);

interface Given {
  readonly body: ReadableStream<Uint8Array>;
  readonly size: number | undefined;
}
type Give = (server: ServerName, signal: AbortSignal | undefined) => Given | Promise<Given>;

/** Fetches over a network of the test's making; Alice alone may read. */
function fetcher(test: TestMedia, give: Give): RemoteMedia {
  return new RemoteMedia({
    ...test.deps,
    transport: {
      download: async (to, _operation, _request, options) => await give(to, options?.signal),
    },
    order: new AskOrder(test.deps.clock),
    visibility: { mayView: (user) => Promise.resolve(user === ALICE) },
    readersOf: () => Promise.resolve([TWO, THREE]),
  });
}

function streamOf(bytes: Uint8Array, chunk = 64 * 1024): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + chunk));
      at += chunk;
    },
  });
}

const hashOf = (bytes: Uint8Array) => encodeBase58Of32(nobleBlake3(bytes));
const newUri = () => `mxc://two.test/${encodeBase58Of16(rng.bytes(16))}` as MediaUri;

/** A message of two.test that names a file. */
async function named(
  test: TestMedia,
  file: { readonly blake3: string | null; readonly size: number | null; readonly kind?: string },
  uri = newUri(),
): Promise<MediaUri> {
  const event = (file.kind ?? "event") === "event";
  await test.deps.sql`
    insert into remote_media_uses (uri, kind, subject, room_id, channel_id, blake3, size, name,
      created_ts)
    values (${uri}, ${file.kind ?? "event"}, ${`$${encodeBase58Of16(rng.bytes(16))}`},
      ${event ? "!room" : null}, ${
    event ? "main" : null
  }, ${file.blake3}, ${file.size}, 'a.bin', 1)`;
  return uri;
}

const find = (remote: RemoteMedia, uri: MediaUri, who = ALICE) =>
  remote.find({ server: "two.test", mediaId: mediaIdOf(uri) }, who);

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof OperationError, `${error}`);
  return error.code;
}

async function storedBytes(test: TestMedia, prefix: string): Promise<Uint8Array> {
  const stream = await test.deps.blobs.get(`${prefix}/original`);
  assert.ok(stream);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("a file of another server is fetched once, verified, and goes with its last use", async () => {
  await using test = await openTestMedia();
  const picture = png(1500, 300);
  const asked: string[] = [];
  const remote = fetcher(test, (server) => {
    asked.push(server);
    return { body: streamOf(picture), size: picture.length };
  });
  const uri = await named(test, { blake3: hashOf(picture), size: picture.length });
  assert.equal(await refusal(find(remote, uri, BOB)), "not_found");
  assert.equal(await refusal(find(remote, newUri())), "not_found");
  assert.deepEqual(asked, [], "nobody is asked for who may not see it");
  const copies = await Promise.all(Array.from({ length: 8 }, () => find(remote, uri)));
  assert.deepEqual(asked, ["two.test"], "one flight");
  const [copy] = copies;
  assert.ok(copy);
  assert.equal(copy.type, "image/png");
  assert.ok(copy.inline && copy.thumbnails.length > 0);
  assert.deepEqual(await storedBytes(test, copy.blob_prefix), picture, "as it came");
  await test.deps.sql`delete from remote_media_uses where uri = ${uri}`;
  await test.media.jobs.runOnce();
  assert.deepEqual(filesBelow(test.blobFolder), []);
  assert.deepEqual(filesBelow(test.spoolFolder), []);
});

Deno.test("what is not the named file is never shown; another server of the room may have it", async () => {
  await using test = await openTestMedia();
  const good = new TextEncoder().encode("what was sent, ".repeat(5000));
  const evil = good.slice();
  evil[17] = (evil[17] ?? 0) ^ 1;
  let hangs = 0;
  const hostile: Record<string, Give> = {
    "one bit differs": () => ({ body: streamOf(evil), size: evil.length }),
    "nothing": () => ({ body: streamOf(new Uint8Array()), size: 0 }),
    "cut short": () => ({ body: streamOf(good.slice(0, 1000)), size: good.length }),
    "one byte too many": () => ({
      body: streamOf(new Uint8Array([...good, 0])),
      size: good.length,
    }),
    "without an end": () => ({
      body: new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(256 * 1024)),
      }),
      size: good.length,
    }),
    "broken off": () => ({
      body: new ReadableStream({
        pull: (controller) => controller.error(new Error("connection reset")),
      }),
      size: good.length,
    }),
    "it says no": () => {
      throw new TransportError("refused", "no", { status: 404, code: "not_found" });
    },
    "it is away": () => {
      throw new TransportError("unreachable", "away");
    },
  };
  for (const [name, give] of Object.entries(hostile)) {
    const uri = await named(test, { blake3: hashOf(good), size: good.length });
    const alone = fetcher(test, give);
    const code = await refusal(find(alone, uri));
    assert.equal(code, name === "it says no" ? "not_found" : "unavailable", name);
    assert.equal(await refusal(find(alone, uri)), code, `${name}, remembered`);
    const helped = fetcher(
      test,
      (server, signal) =>
        server === THREE ? { body: streamOf(good), size: good.length } : give(server, signal),
    );
    const copy = await find(helped, uri);
    assert.deepEqual(await storedBytes(test, copy.blob_prefix), good, name);
    hangs++;
  }
  assert.equal(hangs, 8);
  assert.deepEqual(filesBelow(test.spoolFolder), []);
});

Deno.test("streams that stand still or drip end, and hold nobody else up", async () => {
  await using test = await openTestMedia();
  const sleeping: { untilMs: number; wake: () => void }[] = [];
  let nowMs = 0;
  let begun = 0;
  const clock = {
    now: () => test.clock.now(),
    monotonic: () => nowMs,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        sleeping.push({ untilMs: nowMs + ms, wake: resolve });
        begun++;
      }),
  };
  const advance = (ms: number) => {
    nowMs += ms;
    for (const each of sleeping.splice(0)) {
      if (each.untilMs <= nowMs) each.wake();
      else sleeping.push(each);
    }
  };
  let drop: (() => void) | undefined;
  let given = 0;
  const cancel = () => {
    drop = undefined;
    given++;
  };
  const slow = {
    still: () => new ReadableStream<Uint8Array>({ cancel }),
    drip: () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          drop = () => controller.enqueue(new Uint8Array(1));
        },
        cancel,
      }),
  };
  for (const kind of ["still", "drip"] as const) {
    const uri = await named(test, { blake3: hashOf(new Uint8Array(5)), size: 100_000 });
    const remote = fetcher(
      { ...test, deps: { ...test.deps, clock } },
      (server) => {
        if (server === THREE) throw new TransportError("unreachable", "away");
        return { body: slow[kind](), size: undefined };
      },
    );
    const before = begun;
    const answer = refusal(find(remote, uri));
    await waitFor("the stream to be read", () => begun > before);
    let steps = 0;
    for (const former = given; given === former && steps < 100; steps++) {
      const waits = begun;
      advance(kind === "drip" ? 1000 : 11_000);
      drop?.();
      await waitFor("it to be read on or given up", () => begun > waits || given > former);
    }
    assert.equal(await answer, "unavailable");
    assert.ok(steps < 40, `${kind}: ended after ${steps} steps`);
  }
});

Deno.test("bounds: size, quota, age; a named size that lies; pictures without a hash", async () => {
  const mib = 1024 * 1024;
  await using test = await openTestMedia({
    settings: { remoteMax: 2 * mib, remoteQuota: 3 * mib, remoteKept: 1000 * 3_600_000 },
  });
  const files = Array.from({ length: 5 }, (_, n) => new Uint8Array(mib).fill(n));
  let next: Uint8Array = new Uint8Array();
  const asked: string[] = [];
  const remote = fetcher(test, (server) => {
    asked.push(server);
    return { body: streamOf(next), size: next.length };
  });
  const huge = await named(test, { blake3: hashOf(files[0] as Uint8Array), size: 50 * mib });
  assert.equal(await refusal(find(remote, huge)), "too_large");
  const negative = await named(test, { blake3: hashOf(files[0] as Uint8Array), size: -1 });
  assert.equal(await refusal(find(remote, negative)), "too_large");
  assert.deepEqual(asked, []);

  const uris: MediaUri[] = [];
  for (const file of files) {
    next = file;
    test.clock.shiftMs += 7_200_000;
    uris.push(await named(test, { blake3: hashOf(file), size: file.length }));
    await find(remote, uris.at(-1) as MediaUri);
  }
  const held = async () =>
    (await test.deps.sql<{ uri: string }[]>`select uri from remote_media order by used_ts`)
      .map(({ uri }) => uri);
  assert.deepEqual(await held(), uris.slice(2), "the longest unused went");
  await test.media.jobs.runOnce();
  assert.ok(filesBelow(test.blobFolder).length === 3);
  test.clock.shiftMs += 2000 * 3_600_000;
  await test.media.jobs.runOnce();
  assert.deepEqual(await held(), []);

  next = png(30, 30);
  asked.length = 0;
  const avatar = await named(test, { blake3: null, size: null, kind: "avatar" });
  assert.equal((await find(remote, avatar, BOB)).type, "image/png", "any signed-in user");
  assert.deepEqual(asked, ["two.test"]);
  const lost = await named(test, { blake3: null, size: null, kind: "avatar" });
  const inVain: string[] = [];
  const refusing = fetcher(test, (server) => {
    inVain.push(server);
    throw new TransportError("unreachable", "away");
  });
  assert.equal(await refusal(find(refusing, lost)), "unavailable");
  assert.deepEqual(inVain, ["two.test"], "without a hash only its own server counts");
});

Deno.test("a picture that is named by its hash alone is that very picture or none", async () => {
  await using test = await openTestMedia();
  const good = png(40, 40);
  for (const kind of ["avatar", "icon", "emoji"]) {
    const uri = await named(test, { blake3: hashOf(good), size: null, kind });
    const evil = fetcher(test, () => ({ body: streamOf(png(41, 40)), size: undefined }));
    assert.equal(await refusal(find(evil, uri, BOB)), "unavailable", kind);
    const honest = fetcher(test, () => ({ body: streamOf(good), size: undefined }));
    const copy = await find(honest, uri, BOB);
    assert.deepEqual(await storedBytes(test, copy.blob_prefix), good, kind);
  }
});

Deno.test("200 random bodies for one name: the right one or nothing, and nothing left behind", async () => {
  await using test = await openTestMedia();
  const good = rng.bytes(30_000);
  for (let n = 0; n < 200; n++) {
    const uri = await named(test, { blake3: hashOf(good), size: good.length });
    const body = good.slice();
    const kind = rng.below(5);
    const changed = kind === 0
      ? body
      : kind === 1
      ? body.slice(0, rng.below(body.length))
      : kind === 2
      ? new Uint8Array([...body, ...rng.bytes(1 + rng.below(100))])
      : kind === 3
      ? (body[rng.below(body.length)]! ^= 1 + rng.below(255), body)
      : rng.bytes(body.length);
    const remote = fetcher(test, () => ({
      body: streamOf(changed, 1 + rng.below(9000)),
      size: rng.below(2) === 0 ? undefined : rng.below(2 ** 30),
    }));
    if (kind === 0) {
      const copy = await find(remote, uri);
      assert.deepEqual(await storedBytes(test, copy.blob_prefix), good);
    } else assert.equal(await refusal(find(remote, uri)), "unavailable", `kind ${kind}`);
  }
  assert.deepEqual(filesBelow(test.spoolFolder), []);
});
