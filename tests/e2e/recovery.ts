import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** The groups of the recovery key that the dialog shows once. */
export async function readRecoveryKey(page: Page): Promise<string[]> {
  const key = page.getByRole("list", { name: "Recovery key" }).getByRole("listitem");
  await key.first().waitFor();
  const groups = await key.allInnerTexts();
  assert.equal(groups.length, 12);
  return groups;
}

/** Types the two groups that the dialog asks for, and goes on to the passphrase. */
export async function proveRecoveryKey(page: Page, groups: readonly string[]): Promise<void> {
  const asked = page.getByRole("dialog").getByRole("textbox");
  await asked.first().waitFor();
  for (const at of [0, 1]) {
    const label = await asked.nth(at).evaluate((field) =>
      (field as HTMLInputElement).labels?.[0]?.textContent ?? ""
    );
    await asked.nth(at).fill(groups[Number(label.replace(/\D/g, "")) - 1] ?? "");
  }
  await page.getByRole("button", { name: "Next" }).click();
}

/** Chooses a passphrase as the second way to one's messages. */
export async function choosePassphrase(page: Page, phrase: string): Promise<void> {
  await page.getByLabel("Passphrase", { exact: true }).fill(phrase);
  await page.getByLabel("Once more").fill(phrase);
  await page.getByRole("dialog").getByRole("button", { name: "Set passphrase" }).click();
  await page.getByText("Your messages are recoverable").first().waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Recoverable: there are two ways to your messages.").waitFor();
}
