import type { Page } from "playwright-core";

/** An authenticator of Chromium's own, for one page: a passkey manager that needs no finger. */
export interface VirtualAuthenticator {
  /** Whether somebody touches it when it is asked; until then its question stays open. */
  touched(yes: boolean): Promise<void>;
}

export async function plugInAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async touched(enabled) {
      await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
    },
  };
}
