import assert from "node:assert/strict";
import { ENGLISH, LANGUAGES } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { shownDeviceName } from "./device_name.ts";

Deno.test("a device that named itself is named in the reader's language; a chosen name stays", () => {
  const german = LANGUAGES.find(({ code }) => code === "de");
  assert.ok(german);
  const shown = (name: string) =>
    [ENGLISH, german].map((language) => inLanguage(language, () => shownDeviceName(name)));
  assert.deepEqual(shown("Firefox on Linux"), ["Firefox on Linux", "Firefox unter Linux"]);
  assert.deepEqual(shown("Unknown device"), ["Unknown device", "Unbekanntes Gerät"]);
  assert.deepEqual(shown("Laptop on the desk"), ["Laptop on the desk", "Laptop on the desk"]);
});
