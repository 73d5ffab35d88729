import assert from "node:assert/strict";
import { edgeCases } from "../../tests/vectors/ed25519_edges.ts";
import { passesStrictBytes, StrictVerifier } from "../../core/event/verify.ts";
import { silentLog } from "./log.ts";
import { systemClock } from "./clock.ts";
import { SignatureThread, type SignatureThreadDeps } from "./signature_thread.ts";

const MANY = 300;

/** Signatures of two keys, every third of which is damaged in the key, the signature or the text. */
async function someChecks() {
  const pairs = await Promise.all(
    [0, 1].map(() =>
      crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as Promise<CryptoKeyPair>
    ),
  );
  return await Promise.all(Array.from({ length: MANY }, async (_, n) => {
    const pair = pairs[n % 2] as CryptoKeyPair;
    const message = new TextEncoder().encode(`message ${n}`);
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message));
    const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const damaged = [key, signature, message][Math.floor(n / 3) % 3] as Uint8Array;
    if (n % 3 === 0) damaged[5] = (damaged[5] as number) ^ 1;
    return { check: { key, signature, message }, good: n % 3 !== 0 };
  }));
}

async function verdicts(deps: Partial<SignatureThreadDeps>, from = 0, to = MANY) {
  using thread = new SignatureThread({ clock: systemClock, log: silentLog, ...deps });
  const verifier = new StrictVerifier({ equation: thread });
  const checks = (await someChecks()).slice(from, to);
  const answers = await Promise.all(checks.map(({ check }) => verifier.verify(check)));
  assert.deepEqual(answers, checks.map(({ good }) => good));
}

Deno.test("many signatures are checked in the thread, few here, with the same verdicts", async () => {
  const here = crypto.subtle.verify;
  let calls = 0;
  crypto.subtle.verify = (...args) => {
    calls++;
    return Reflect.apply(here, crypto.subtle, args);
  };
  try {
    await verdicts({});
    assert.equal(calls, 0);
    await verdicts({}, 0, 4);
    assert.ok(calls > 0);
  } finally {
    crypto.subtle.verify = here;
  }
});

Deno.test("the thread answers on the edges of ed25519-strict as it must (G11)", async () => {
  using thread = new SignatureThread({ clock: systemClock, log: silentLog });
  const verifier = new StrictVerifier({ equation: thread });
  // Most fall to the rules for bytes: so often that what is left is worth a message.
  const cases = Array.from({ length: 20 }, edgeCases).flat();
  const answers = await Promise.all(cases.map((edge) => verifier.verify(edge)));
  assert.deepEqual(cases.filter(({ valid }, at) => answers[at] !== valid), []);
  assert.ok(cases.filter((edge) => passesStrictBytes(edge.key, edge.signature)).length > 8);
});

Deno.test("a thread that fails is told to the log, and the checks are made without it", async () => {
  const lines: string[] = [];
  await verdicts({
    workerUrl: new URL("data:text/javascript,throw new Error('broken')"),
    log: { ...silentLog, log: (_level, message) => void lines.push(message) },
  });
  assert.deepEqual(lines, ["The thread that checks signatures failed."]);
});

Deno.test("an idle thread ends, and begins again when it is needed", async () => {
  let passed = () => {};
  const clock = {
    ...systemClock,
    sleep: () => new Promise<void>((resolve) => passed = resolve),
  };
  using thread = new SignatureThread({ clock, log: silentLog });
  const verifier = new StrictVerifier({ equation: thread });
  for (let round = 0; round < 2; round++) {
    const checks = await someChecks();
    const answers = await Promise.all(checks.map(({ check }) => verifier.verify(check)));
    assert.deepEqual(answers, checks.map(({ good }) => good));
    passed();
  }
});
