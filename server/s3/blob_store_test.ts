import assert from "node:assert/strict";
import { ListMultipartUploadsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Readable } from "node:stream";
import {
  blobStoreContract,
  chunked,
  patternBytes,
  readAll,
} from "../../tests/contract/blob_store.ts";
import { ALICE, openTestMedia, TEST_SERVER, upload } from "../../tests/harness/media.ts";
import { png } from "../../tests/harness/pictures.ts";
import { startSwiftS3 } from "../../tests/harness/swift_s3.ts";
import { awayCode } from "../system/away.ts";
import { deleteUpload } from "../services/media/delete_upload.ts";
import { S3BlobStore, type S3Settings } from "./blob_store.ts";
import { S3Error } from "./s3_error.ts";

Deno.test("S3 blob store against a real S3 server", async (t) => {
  await using swift = await startSwiftS3();
  await swift.makeBucket("contract");
  const settings: S3Settings = {
    endpoint: swift.endpoint,
    region: swift.region,
    bucket: "contract",
    accessKeyId: swift.accessKeyId,
    secretAccessKey: swift.secretAccessKey,
    pathStyle: true,
  };

  await t.step("contract", async (t) => {
    using store = new S3BlobStore(settings);
    await store.check();
    await blobStoreContract(t, store);
  });

  await t.step("a prefix keeps two servers apart in one bucket", async () => {
    await swift.makeBucket("shared");
    using a = new S3BlobStore({ ...settings, bucket: "shared", prefix: "a/" });
    using b = new S3BlobStore({ ...settings, bucket: "shared", prefix: "b/" });
    await a.put("same", chunked(patternBytes(3)), 3);
    await b.put("same", chunked(patternBytes(4)), 4);
    assert.equal((await a.head("same"))?.size, 3);
    const keys: string[] = [];
    for await (const info of b.list("")) keys.push(info.key);
    assert.deepEqual(keys, ["same"]);
  });

  await t.step("a multipart upload that fails leaves no parts behind", async () => {
    using store = new S3BlobStore(settings);
    const size = 20 * 1024 * 1024;
    await assert.rejects(() => store.put("cut", chunked(patternBytes(size - 1), 65_536), size));
    const client = plainClient(settings);
    const answer = await client.send(new ListMultipartUploadsCommand({ Bucket: "contract" }));
    client.destroy();
    assert.deepEqual(answer.Uploads ?? [], []);
  });

  await t.step("a streamed body of known length is taken by this server as well", async () => {
    const client = plainClient(settings);
    const bytes = patternBytes(500_000);
    await client.send(
      new PutObjectCommand({
        Bucket: "contract",
        Key: "streamed",
        Body: Readable.from(chunked(bytes)),
        ContentLength: bytes.length,
      }),
    );
    client.destroy();
    using store = new S3BlobStore(settings);
    assert.deepEqual(await readAll(await store.get("streamed")), bytes);
  });

  await t.step("files that people delete are really gone from the bucket", async () => {
    await swift.makeBucket("exact");
    using blobs = new S3BlobStore({ ...settings, bucket: "exact", prefix: "og/" });
    await using test = await openTestMedia({ blobs });
    const stored = async () => {
      const keys: string[] = [];
      for await (const { key } of blobs.list("")) keys.push(key);
      return keys.length;
    };
    const picture = await upload(test.deps, png(500, 20));
    assert.equal(await stored(), 3, "the picture and two smaller ones");
    const large = await upload(test.deps, patternBytes(9 * 1024 * 1024));
    assert.equal(await stored(), 4);
    const address = (uri: string) => ({
      server: TEST_SERVER,
      mediaId: uri.split("/").at(-1) ?? "",
    });
    await deleteUpload(test.deps, address(picture.uri), ALICE);
    await test.media.jobs.runOnce();
    assert.equal(await stored(), 1);
    await deleteUpload(test.deps, address(large.uri), ALICE);
    await test.media.jobs.runOnce();
    assert.equal(await stored(), 0);
  });

  await t.step("a wrong secret, key, bucket or address is refused in words", async () => {
    const cases: [Partial<S3Settings>, RegExp][] = [
      [{ secretAccessKey: "wrong" }, /refused access key "test:tester".*secret/],
      [{ accessKeyId: "test:nobody" }, /refused access key "test:nobody"/],
      [{ bucket: "missing" }, /bucket "missing".*does not exist/],
      [{ endpoint: "http://127.0.0.1:1" }, /cannot be reached/],
    ];
    for (const [change, words] of cases) {
      using store = new S3BlobStore({ ...settings, ...change });
      await assert.rejects(() => store.check(), (error: unknown) => {
        assert.ok(error instanceof S3Error, String(error));
        assert.match(error.message, words);
        return true;
      });
    }
    using wrong = new S3BlobStore({ ...settings, secretAccessKey: "wrong" });
    await assert.rejects(() => wrong.put("secret", chunked(patternBytes(5)), 5), S3Error);
    await assert.rejects(() => wrong.get("streamed"), S3Error);
    using right = new S3BlobStore(settings);
    assert.equal(await right.head("secret"), undefined);
  });
});

function plainClient(settings: S3Settings): S3Client {
  return new S3Client({
    endpoint: settings.endpoint ?? "",
    region: settings.region,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    credentials: {
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
    },
  });
}

Deno.test("an S3 server that takes connections and says nothing is given up", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  const taking = (async () => {
    for await (const connection of silent) held.push(connection);
  })();
  using store = new S3BlobStore({
    endpoint: `http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}`,
    region: "r",
    bucket: "b",
    accessKeyId: "a",
    secretAccessKey: "s",
    pathStyle: true,
    answerMs: 300,
  });
  const isAway = (error: unknown) => {
    assert.ok(error instanceof S3Error);
    assert.match(error.message, /bucket "b" at http.* cannot be reached/);
    assert.equal(awayCode(error), "ETIMEDOUT");
    return true;
  };
  await assert.rejects(store.get("picture"), isAway);
  await assert.rejects(store.put("picture", chunked(patternBytes(9)), 9), isAway);
  assert.ok(held.length > 0);
  silent.close();
  await taking.catch(() => undefined);
  for (const connection of held) connection.close();
});
