import assert from "node:assert/strict";
import { describeTotp, stepOfCode } from "./totp.ts";

/** RFC 6238 appendix B, of which apps show the last six digits. */
const SECRET = new TextEncoder().encode("12345678901234567890");
const VECTORS: readonly (readonly [number, string])[] = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
];

Deno.test("codes are those of RFC 6238", () => {
  for (const [atS, code] of VECTORS) {
    assert.equal(stepOfCode(SECRET, code, atS * 1000), Math.floor(atS / 30), code);
  }
});

Deno.test("a clock may be a step ahead or behind, not two; the step is that of the code", () => {
  const step = 1_234_567_890 - 1_234_567_890 % 30;
  const at = (steps: number) => stepOfCode(SECRET, "005924", (step + steps * 30) * 1000);
  assert.deepEqual([-2, -1, 0, 1, 2].map(at), [
    undefined,
    step / 30,
    step / 30,
    step / 30,
    undefined,
  ]);
  for (const code of ["", "00592", "0059244", "005925", "٠٠٥٩٢٤", "      "]) {
    assert.equal(stepOfCode(SECRET, code, step * 1000), undefined, code);
  }
});

Deno.test("an app reads the secret, the server's name and the user name", () => {
  const { secret, uri } = describeTotp(SECRET, { issuer: "example.org:8448", label: "al.ice" });
  assert.equal(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  const url = new URL(uri);
  assert.equal(url.protocol, "otpauth:");
  assert.equal(decodeURIComponent(url.pathname.split("/").at(-1) ?? ""), "example.org:8448:al.ice");
  assert.equal(url.searchParams.get("secret"), secret);
  assert.equal(url.searchParams.get("issuer"), "example.org:8448");
});
