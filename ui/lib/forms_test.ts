import assert from "node:assert/strict";
import { HttpError } from "fresh";
import { readForm as read, text } from "./forms.ts";
import { ENGLISH } from "./i18n/languages.ts";
import { inLanguage } from "./i18n/request_language.ts";

const HOST = { host: "chat.example" };
const URLENCODED = { ...HOST, "content-type": "application/x-www-form-urlencoded" };

const readForm = (...input: Parameters<typeof read>) => inLanguage(ENGLISH, () => read(...input));

function post(body: BodyInit, headers: Record<string, string>): Request {
  return new Request("https://chat.example/login", { method: "POST", body, headers });
}

/** A body of which nobody says how long it is. Counts what is taken of it. */
function endless(part: string): { stream: ReadableStream<Uint8Array>; parts: () => number } {
  let parts = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      parts++;
      controller.enqueue(new TextEncoder().encode(part));
    },
  });
  return { stream, parts: () => parts };
}

const refusing = (status: number) => (error: unknown) =>
  error instanceof HttpError && error.status === status;

Deno.test("forms are read, as text and with files", async () => {
  const plain = await readForm(post("user=ann&note=a%26b", URLENCODED));
  assert.equal(text(plain, "user"), "ann");
  assert.equal(text(plain, "note"), "a&b");
  const form = new FormData();
  form.set("note", "with a file");
  form.set("picture", new File(["abc"], "a.png"));
  const mixed = await readForm(
    new Request("https://chat.example/x", { method: "POST", body: form, headers: HOST }),
  );
  assert.equal(text(mixed, "note"), "with a file");
  assert.equal((mixed.get("picture") as File).size, 3);
});

Deno.test("a form is taken up to its bound, whatever it says of its length", async () => {
  const { stream, parts } = endless("a=".padEnd(10_000, "b"));
  await assert.rejects(readForm(post(stream, URLENCODED)), refusing(413));
  assert.ok(parts() < 12, `${parts()} parts were taken`);
  const long = post("a=b", { ...URLENCODED, "content-length": "70000" });
  await assert.rejects(readForm(long), refusing(413));
  const allowed = await readForm(post("a=".padEnd(100_000, "b"), URLENCODED), { bytes: 200_000 });
  assert.equal(text(allowed, "a").length, 99_998);
});

Deno.test("what is no form, or comes from another site, is refused", async () => {
  await assert.rejects(readForm(post("{}", { "content-type": "application/json" })), refusing(415));
  const broken = { ...HOST, "content-type": "multipart/form-data; boundary=x" };
  await assert.rejects(readForm(post("no parts", broken)), refusing(400));
  const foreign = { ...URLENCODED, origin: "https://evil.example" };
  await assert.rejects(readForm(post("a=b", foreign)), refusing(403));
});
