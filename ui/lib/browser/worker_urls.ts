interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): {
    createScriptURL(url: string): string;
  };
}

/** The service worker, and those that hold this device's end of the encryption. */
const WORKERS = /^\/(sw|assets\/(e2ee-[0-9A-Z]{8}|voice-[0-9a-f]+))\.js$/;

let policy: { createScriptURL(url: string): string } | undefined;

/** The only script URLs that the content policy lets a page make: those of its workers. */
export function workerUrl(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!types) return url;
  policy ??= types.createPolicy("og-worker", {
    createScriptURL(asked) {
      if (!WORKERS.test(asked)) throw new TypeError(`${asked} is no worker of these pages.`);
      return asked;
    },
  });
  return policy.createScriptURL(url);
}
