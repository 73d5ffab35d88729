import assert from "node:assert/strict";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { makeHpke } from "./hpke.ts";
import { aead } from "./message_suite.ts";
import { agree, exportPrivate, exportPublic, importPrivate, publicOf } from "./x25519.ts";

const hex = (text: string) => Uint8Array.fromHex(text);
const utf8 = (text: string) => new TextEncoder().encode(text);
const own = makeHpke(aead);
const theirs = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});
const buffer = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer;

Deno.test("the vector of RFC 9180 A.1.1 opens, and with one bit changed anywhere it does not", async () => {
  const enc = hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
  const key = await own.importPrivateKey(
    hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
  );
  assert.equal(
    (await publicOf(key)).toHex(),
    "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
  );
  const info = hex("4f6465206f6e2061204772656369616e2055726e");
  const ct = hex(
    "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
  );
  const aad = utf8("Count-0");
  const opened = await own.open(key, enc, ct, info, aad);
  assert.equal(new TextDecoder().decode(opened), "Beauty is truth, truth beauty");
  const flipped = (bytes: Uint8Array) => bytes.with(3, (bytes[3] ?? 0) ^ 1);
  const refused = { name: "CryptoError" };
  await assert.rejects(own.open(key, flipped(enc), ct, info, aad), refused);
  await assert.rejects(own.open(key, enc, flipped(ct), info, aad), refused);
  await assert.rejects(own.open(key, enc, ct, flipped(info), aad), refused);
  await assert.rejects(own.open(key, enc, ct, info, flipped(aad)), refused);
});

Deno.test("what it seals and exports another implementation opens, and the other way round", async () => {
  for (let round = 0; round < 20; round++) {
    const material = crypto.getRandomValues(new Uint8Array(32));
    const pair = await own.deriveKeyPair(material);
    const same = await theirs.kem.deriveKeyPair(buffer(material));
    const publicKey = await own.exportPublicKey(pair.publicKey);
    assert.deepEqual(
      new Uint8Array(await theirs.kem.serializePublicKey(same.publicKey)),
      publicKey,
    );
    assert.deepEqual(
      new Uint8Array(await theirs.kem.serializePrivateKey(same.privateKey)),
      await own.exportPrivateKey(pair.privateKey),
    );
    const info = crypto.getRandomValues(new Uint8Array(round * 7));
    const text = crypto.getRandomValues(new Uint8Array(round * 31));
    const sealed = await own.seal(pair.publicKey, text, info);
    const open = { recipientKey: same.privateKey, enc: buffer(sealed.enc), info: buffer(info) };
    const opened = await theirs.open(open, buffer(sealed.ct), new ArrayBuffer());
    assert.deepEqual(new Uint8Array(opened), text);
    const other = await theirs.seal(
      { recipientPublicKey: same.publicKey, info: buffer(info) },
      buffer(text),
      new ArrayBuffer(),
    );
    const back = [new Uint8Array(other.enc), new Uint8Array(other.ct)] as const;
    assert.deepEqual(await own.open(pair.privateKey, ...back, info), text);
    const label = utf8("label");
    const given = await own.exportSecret(pair.publicKey, label, 48, info);
    const taken = await theirs.createRecipientContext({
      recipientKey: same.privateKey,
      enc: buffer(given.enc),
      info: buffer(info),
    });
    assert.deepEqual(new Uint8Array(await taken.export(buffer(label), 48)), given.secret);
    const imported = await own.importSecret(pair.privateKey, label, given.enc, 48, info);
    assert.deepEqual(imported, given.secret);
  }
});

Deno.test("keys of low order and of another size give no secret", async () => {
  const { privateKey } = await own.generateKeyPair();
  const again = await importPrivate(await exportPrivate(privateKey), true);
  const lowOrder = [
    "00".repeat(32),
    `01${"00".repeat(31)}`,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    `ec${"ff".repeat(30)}7f`,
  ];
  for (const point of lowOrder) assert.equal(await agree(again, hex(point)), undefined, point);
  assert.equal(await agree(again, new Uint8Array(31).fill(9)), undefined);
  await assert.rejects(own.importPublicKey(new Uint8Array(31)), { name: "CryptoError" });
  await assert.rejects(own.importPrivateKey(new Uint8Array(33)), { name: "CryptoError" });
  const nobody = await own.importPublicKey(hex(lowOrder[3] ?? ""));
  await assert.rejects(own.seal(nobody, utf8("for nobody"), utf8("")), { name: "CryptoError" });
  assert.equal((await exportPublic(nobody)).toHex(), lowOrder[3]);
});
