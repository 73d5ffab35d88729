import { callApi } from "./browser_api.ts";
import { answerOf, getCredential, passkeysFilledIn } from "./passkeys.ts";

export { passkeyReason } from "./passkeys.ts";

/** Shorter than the server waits for an answer to its question. */
const ROUND_MS = 4 * 60_000;

/**
 * Signs in with a passkey, or takes the second step with one where there is the challenge of a
 * first. Throws ApiError and what the browser throws.
 */
export async function signInWithPasskey(
  how: { challenge?: string; mediation?: "conditional"; signal?: AbortSignal },
): Promise<void> {
  const { challenge, ...ask } = how;
  const begin = challenge === undefined ? {} : { challenge };
  const { options } = await callApi("beginPasskeyLogin", { body: begin });
  const passkey = answerOf(await getCredential(options, ask));
  if (challenge === undefined) {
    await callApi("passkeyLogin", { body: { passkey, transport: "cookie" } });
  } else {
    await callApi("finishLogin", { body: { challenge, passkey, transport: "cookie" } });
  }
}

/**
 * Has the browser offer passkeys among the names that it fills in, with a fresh question as often
 * as the old one ends. True once somebody is signed in.
 */
export async function offerPasskeys(signal: AbortSignal): Promise<boolean> {
  if (!await passkeysFilledIn()) return false;
  while (!signal.aborted) {
    await whenVisible();
    const round = new AbortController();
    const stop = () => round.abort();
    signal.addEventListener("abort", stop);
    const end = setTimeout(stop, ROUND_MS);
    try {
      await signInWithPasskey({ mediation: "conditional", signal: round.signal });
      return true;
    } catch (error) {
      if (!round.signal.aborted) throw error;
    } finally {
      clearTimeout(end);
      signal.removeEventListener("abort", stop);
    }
  }
  return false;
}

function whenVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) =>
    document.addEventListener("visibilitychange", () => resolve(), { once: true })
  );
}
