import assert from "node:assert/strict";
import { StrictVerifier } from "../../core/event/verify.ts";
import { keyIdOf, parseKeyEntry } from "../../core/keys/key_entry.ts";
import { serverName, TEST_TS, testServer } from "../../tests/harness/events.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { contentDigest, digestHolds } from "./content_digest.ts";
import { type CoveredRequest, normalAuthority, signatureBase } from "./signature_base.ts";
import { signRequest, type UnsignedRequest } from "./sign_request.ts";
import { parseDictionary } from "./structured_fields.ts";
import { type ClaimedRequest, readSignedRequest, verifyClaim } from "./verify_request.ts";

const verifier = new StrictVerifier();
const encoder = new TextEncoder();
const one = testServer("one.test", 1);
const two = serverName("two.test");

Deno.test("RFC 9421 B.2.6: the base is the printed one, and its signature verifies", async () => {
  const headers: Record<string, string> = {
    date: "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-length": "18",
  };
  const input = 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")' +
    ';created=1618884473;keyid="test-key-ed25519"';
  const member = parseDictionary(input)?.get("sig-b26");
  assert.ok(member !== undefined && "list" in member);
  const base = signatureBase(
    {
      method: "POST",
      authority: "example.com",
      target: "/foo?param=Value&Pet=dog",
      header: (name) => headers[name],
    },
    member.list.items.map(({ value }) => String(value)),
    member.list.text,
  );
  assert.ok(base);
  assert.equal(
    new TextDecoder().decode(base),
    [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@method": POST',
      '"@path": /foo',
      '"@authority": example.com',
      '"content-type": application/json',
      '"content-length": 18',
      '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" ' +
      '"content-length");created=1618884473;keyid="test-key-ed25519"',
    ].join("\n"),
  );
  const printed =
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";
  const signature = parseDictionary(printed)?.get("sig-b26");
  assert.ok(signature !== undefined && "item" in signature);
  const key = Uint8Array.fromBase64("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs", {
    alphabet: "base64url",
  });
  assert.ok(
    await verifier.verify({
      key,
      signature: signature.item.value as Uint8Array,
      message: base,
    }),
  );
});

/** A signed request as it arrives. */
interface Wire {
  readonly method: string;
  readonly authority: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

async function send(request: UnsignedRequest, nowMs: number, nonce: Uint8Array): Promise<Wire> {
  const headers = await signRequest(request, {
    origin: one.name,
    signer: one.signer,
    nowMs,
    nonce,
  });
  return { ...request, headers };
}

function coveredOf(wire: Wire): CoveredRequest {
  return { ...wire, header: (name) => wire.headers[name] };
}

/** Everything that a door checks without memory: undefined, or the claim. */
async function receive(
  wire: Wire,
  at: { readonly nowMs: number; readonly self?: string },
): Promise<ClaimedRequest | undefined> {
  const read = readSignedRequest(coveredOf(wire), {
    self: serverName(at.self ?? two),
    nowMs: at.nowMs,
  });
  if (!read.ok || read.claim.key.server !== one.name) return undefined;
  if (read.claim.key.keyId !== one.signer.keyId) return undefined;
  if (!await verifyClaim(read.claim, { entry: one.entry, verifier })) return undefined;
  return await digestHolds(wire.headers["content-digest"] ?? "", wire.body)
    ? read.claim
    : undefined;
}

function randomRequest(rng: ReturnType<typeof seededRng>): UnsignedRequest {
  const method = rng.below(2) === 0 ? "GET" : "POST";
  const body = method === "POST" ? rng.bytes(rng.below(300)) : new Uint8Array(0);
  const query = rng.below(2) === 0 ? "" : `?limit=${rng.below(500)}&from=%24${rng.below(99)}`;
  return {
    method,
    authority: rng.below(3) === 0 ? `two.test:${1 + rng.below(60_000)}` : "two.test",
    target: `/_federation/send/${rng.bytes(6).toHex()}${query}`,
    destination: two,
    body,
    traceparent: rng.below(2) === 0
      ? undefined
      : `00-${rng.bytes(16).toHex()}-${rng.bytes(8).toHex()}-01`,
  };
}

/** Changes one character of a text to another of its kind. */
function flip(text: string, rng: ReturnType<typeof seededRng>): string {
  for (;;) {
    const at = rng.below(text.length);
    const old = text.charAt(at);
    const now = "abcdefXYZ0123456789-_/?".charAt(rng.below(23));
    if (now !== old) return text.slice(0, at) + now + text.slice(at + 1);
  }
}

/** One component of a request becomes another. */
function change(wire: Wire, rng: ReturnType<typeof seededRng>): Wire {
  const names = Object.keys(wire.headers);
  switch (rng.below(8)) {
    case 0:
      return { ...wire, method: wire.method === "GET" ? "POST" : "GET" };
    case 1:
      return { ...wire, authority: flip(wire.authority, rng) };
    case 2:
    case 3:
      return { ...wire, target: flip(wire.target, rng) };
    case 4: {
      const body = Uint8Array.from([...wire.body, rng.below(256)]);
      return { ...wire, body };
    }
    case 5: {
      const name = names[rng.below(names.length)] as string;
      const headers = { ...wire.headers };
      delete headers[name];
      return { ...wire, headers };
    }
    default: {
      const name = names[rng.below(names.length)] as string;
      return {
        ...wire,
        headers: { ...wire.headers, [name]: flip(wire.headers[name] as string, rng) },
      };
    }
  }
}

Deno.test("G14: of 1,000 requests none is refused, and none with one component changed is accepted", async () => {
  const rng = seededRng(9421);
  let honest = 0;
  let forged = 0;
  for (let run = 0; run < 1000; run++) {
    const request = randomRequest(rng);
    const wire = await send(request, TEST_TS, rng.bytes(16));
    const skew = rng.below(120_001) - 60_000;
    const claim = await receive(wire, { nowMs: TEST_TS + skew });
    if (claim !== undefined && claim.traceparent === request.traceparent) honest++;
    const changed = change(wire, rng);
    if (await receive(changed, { nowMs: TEST_TS }) !== undefined) {
      forged++;
      console.error("accepted", run, changed);
    }
  }
  assert.deepEqual({ honest, forged }, { honest: 1000, forged: 0 });
});

Deno.test("another destination, another time, another tag, algorithm or list: refused", async () => {
  const request: UnsignedRequest = {
    method: "POST",
    authority: "two.test",
    target: "/_federation/keys",
    destination: two,
    body: encoder.encode("{}"),
  };
  const nonce = new Uint8Array(16).fill(7);
  const wire = await send(request, TEST_TS, nonce);
  assert.ok(await receive(wire, { nowMs: TEST_TS }));
  assert.equal(await receive(wire, { nowMs: TEST_TS, self: "three.test" }), undefined);
  // Second-exact: `created` is in whole seconds.
  for (
    const [offset, good] of [[60_000, true], [60_001, false], [-60_000, true], [
      -60_001,
      false,
    ]] as const
  ) {
    const claim = await receive(wire, { nowMs: TEST_TS + offset });
    assert.equal(claim !== undefined, good, `${offset} ms`);
  }
  // A key whose window does not hold the time of the request says nothing.
  const early = one.entry.valid_from - 1000;
  assert.equal(await receive(await send(request, early, nonce), { nowMs: early }), undefined);
  const late = one.entry.valid_until;
  assert.equal(await receive(await send(request, late, nonce), { nowMs: late }), undefined);

  const reSigned = async (params: string): Promise<Wire> => {
    const components = [...params.slice(0, params.indexOf(")")).matchAll(/"([^"]*)"/g)]
      .map((found) => found[1] as string);
    const base = signatureBase(coveredOf(wire), components, params);
    assert.ok(base);
    const signature = (await one.signer.sign(base)).toBase64();
    return {
      ...wire,
      headers: { ...wire.headers, "signature-input": `x=${params}`, signature: `x=:${signature}:` },
    };
  };
  const good = (wire.headers["signature-input"] as string).slice("og=".length);
  assert.ok(await receive(await reSigned(good), { nowMs: TEST_TS }), "the label is free");
  const shuffled = good.replace('"@method" "@authority"', '"@authority" "@method"')
    .replace(/^(.*);tag="openguild-s2s"$/, "$1")
    .replace(";created", ';tag="openguild-s2s";created');
  assert.ok(await receive(await reSigned(shuffled), { nowMs: TEST_TS }), "the order is free");
  for (
    const bad of [
      good.replace('"@path" ', ""),
      good.replace(' "content-digest"', ""),
      good.replace(' "og-destination"', ""),
      good.replace('"@path" ', '"@path" "@path" '),
      good.replace(' "og-destination"', ' "og-destination" "signature-input"'),
      good.replace("openguild-s2s", "openguild-s2S"),
      good.replace('ed25519"', 'rsa-v1_5-sha256"'),
      good.replace(';alg="ed25519"', ""),
      good.replace(/;nonce="[^"]*"/, ""),
      good.replace(/;nonce="[^"]*"/, ';nonce="short"'),
      good.replace(/;created=\d+/, ""),
      good.replace(/;created=(\d+)/, ';created="$1"'),
      good.replace("one.test ed25519:", "one.test ed448:"),
      good.replace("one.test ", "ONE.test "),
      good.replace("one.test ", "one.test"),
      `${good};expires=1`,
    ]
  ) {
    assert.notEqual(bad, good);
    assert.equal(await receive(await reSigned(bad), { nowMs: TEST_TS }), undefined, bad);
  }
  const twice = {
    ...wire,
    headers: {
      ...wire.headers,
      "signature-input": `${wire.headers["signature-input"]}, x=${good}`,
      signature: `${wire.headers["signature"]}, x${wire.headers["signature"]?.slice(2)}`,
    },
  };
  assert.equal(await receive(twice, { nowMs: TEST_TS }), undefined, "two signatures of ours");
  const beside = {
    ...wire,
    headers: {
      ...wire.headers,
      "signature-input": `proxy=("@method");created=1;tag="proxy", ${
        wire.headers["signature-input"]
      }`,
      signature: `proxy=:AAAA:, ${wire.headers["signature"]}`,
    },
  };
  assert.ok(await receive(beside, { nowMs: TEST_TS }), "others' signatures are of no interest");
});

Deno.test("digests: SHA-256 alone counts, whatever stands beside it", async () => {
  const body = encoder.encode('{"hello": "world"}');
  const digest = await contentDigest(body);
  // RFC 9530 appendix D.1.
  assert.equal(digest, "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
  assert.ok(await digestHolds(digest, body));
  assert.ok(await digestHolds(`sha-512=:AAAA:, ${digest}`, body));
  for (
    const bad of [
      "",
      "sha-512=:AAAA:",
      digest.replace("X", "Y"),
      digest.toUpperCase(),
      `${digest}, ${digest}`,
      digest.replaceAll(":", '"'),
      `${digest},`,
    ]
  ) assert.ok(!await digestHolds(bad, body), bad);
  assert.ok(!await digestHolds(digest, encoder.encode('{"hello": "worle"}')));
});

Deno.test("authorities are compared in lower case and without their scheme's own port", () => {
  for (
    const [host, scheme, normal] of [
      ["Two.Test:443", "https", "two.test"],
      ["two.test:443", "http", "two.test:443"],
      ["two.test:80", "http", "two.test"],
      ["[2001:DB8::1]:8448", "https", "[2001:db8::1]:8448"],
    ] as const
  ) assert.equal(normalAuthority(host, scheme), normal);
});

Deno.test("structured fields that are not wholly valid are refused", () => {
  for (
    const good of ["", "a", "a=1", "a=?0", "a=(1 2);x", 'a="\\"b\\\\", b=tok/en', "a=:AAAA:;p=-5"]
  ) {
    assert.ok(parseDictionary(good), good);
  }
  for (
    const bad of [
      "a=",
      "a=1,",
      ",a",
      "A=1",
      "a=1 b=2",
      "a=(1",
      "a=(1)2",
      "a=(1,2)",
      'a="x',
      'a="\\x"',
      'a="é"',
      "a=:AAA:",
      "a=:A===:",
      "a=:AB==:",
      "a=1234567890123456",
      "a=1.5.5",
      "a=?2",
      "a=1, a=2",
      "a=1;p;p",
      "a=(1;q;q)",
      "a\n=1",
      Array.from({ length: 33 }, (_, at) => `k${at}`).join(","),
    ]
  ) assert.equal(parseDictionary(bad), undefined, bad);
});

Deno.test("PROTOCOL.md: the example request is signed as it says, over the base that it prints", async () => {
  const document = await Deno.readTextFile(new URL("../../docs/PROTOCOL.md", import.meta.url));
  const block = (label: string, language: string) => {
    const tail = document.slice(document.indexOf(`<!-- ${label} -->`));
    const open = `\`\`\`${language}\n`;
    const from = tail.indexOf(open) + open.length;
    return tail.slice(from, tail.indexOf("\n```", from));
  };
  const [first = "", ...lines] = block("example request", "http").split("\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/, 2)));
  const entry = parseKeyEntry(JSON.parse(block("example key entry", "json")));
  assert.ok(entry);
  const read = readSignedRequest(
    { method, target, authority: headers["host"], header: (name) => headers[name] },
    { self: serverName("chat.example.org"), nowMs: 1_790_000_000_000 },
  );
  assert.ok(read.ok);
  assert.equal(new TextDecoder().decode(read.claim.base), block("example request base", "text"));
  assert.deepEqual(read.claim.key, { server: entry.server, keyId: keyIdOf(entry) });
  assert.ok(await verifyClaim(read.claim, { entry, verifier }));
  assert.ok(await digestHolds(headers["content-digest"], new Uint8Array(0)));
});
