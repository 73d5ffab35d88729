import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { addressBytes, buildAnswer, isAuthentic, readCheck } from "./stun.ts";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");

/** RFC 5769, 2.1 and the password of 2. */
const REQUEST = hex(`
  00010058 2112a442 b7e7a701 bc34d686 fa87dfae
  80220010 5354554e 20746573 7420636c 69656e74
  00240004 6e0001ff 80290008 932ff9b1 51263b36
  00060009 6576746a 3a683676 59202020
  00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2
  80280004 e57a3bcf`);
const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
const TRANSACTION = REQUEST.subarray(8, 20);

Deno.test("the request of RFC 5769 is read and proves its password", () => {
  const check = readCheck(REQUEST);
  assert.ok(check);
  assert.deepEqual([check.local, check.remote, check.nominated], ["evtj", "h6vY", false]);
  assert.equal(isAuthentic(REQUEST, check, PASSWORD), true);
  assert.equal(isAuthentic(REQUEST, check, PASSWORD.toLowerCase()), false);
});

Deno.test("a check of which any byte up to its integrity differs is not authentic", () => {
  const fingerprintAt = REQUEST.length - 8;
  for (let at = 0; at < fingerprintAt; at++) {
    const bad = Buffer.from(REQUEST);
    bad.writeUInt8(bad.readUInt8(at) ^ 1, at);
    const check = readCheck(bad);
    assert.ok(check === undefined || !isAuthentic(bad, check, PASSWORD), `byte ${at}`);
  }
  for (let length = 0; length < REQUEST.length; length++) {
    assert.equal(readCheck(REQUEST.subarray(0, length)), undefined, `${length} bytes`);
  }
});

Deno.test("what follows the integrity does not count: nobody vouches for it", () => {
  const late = Buffer.concat([REQUEST.subarray(0, -8), hex("00250000")]);
  late.writeUInt16BE(late.length - 20, 2);
  const check = readCheck(late);
  assert.ok(check);
  assert.equal(check.nominated, false);
  assert.equal(isAuthentic(late, check, PASSWORD), true);
});

/** RFC 5769, 2.2 and 2.3 have a SOFTWARE attribute, which we do not send: their addresses count. */
Deno.test("answers hold the addresses of RFC 5769 as it writes them", () => {
  const four = buildAnswer(TRANSACTION, { address: "192.0.2.1", port: 32853 }, PASSWORD);
  assert.equal(four.subarray(20, 32).toString("hex"), "002000080001a147e112a643");
  const six = buildAnswer(
    TRANSACTION,
    { address: "2001:db8:1234:5678:11:2233:4455:6677", port: 32853 },
    PASSWORD,
  );
  assert.equal(
    six.subarray(20, 44).toString("hex"),
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
  );
});

Deno.test("an answer is vouched for with the password, and ends with a fingerprint", () => {
  const answer = buildAnswer(TRANSACTION, { address: "192.0.2.1", port: 1 }, PASSWORD);
  assert.equal(answer.readUInt16BE(0), 0x0101);
  assert.equal(answer.readUInt16BE(2), answer.length - 20);
  assert.equal(answer.readUInt16BE(answer.length - 8), 0x8028);
  const integrityAt = answer.length - 32;
  const check = { transaction: TRANSACTION, local: "", remote: "", nominated: false, integrityAt };
  assert.equal(isAuthentic(answer, check, PASSWORD), true);
});

Deno.test("addresses become bytes in every form that systems write them", () => {
  const text = (address: string) => Buffer.from(addressBytes(address)).toString("hex");
  assert.equal(text("127.0.0.1"), "7f000001");
  assert.equal(text("::1"), "0".repeat(31) + "1");
  assert.equal(text("::"), "0".repeat(32));
  assert.equal(text("fe80::1%eth0"), "fe80" + "0".repeat(27) + "1");
  assert.equal(text("::ffff:192.0.2.1"), "0".repeat(20) + "ffffc0000201");
  assert.equal(text("2001:db8::"), "20010db8" + "0".repeat(24));
});
