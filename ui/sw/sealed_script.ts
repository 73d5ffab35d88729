/** Written in by the build: where the script is that opens encrypted messages. */
declare const SEALED: string;

/**
 * Opens a message's text on this browser's device. Undefined: it cannot; `held`: a tab has the
 * device, and can. All of it ends with `signal`.
 */
export type OpenSealed = (
  asked: { readonly roomId: string; readonly eventId: string },
  signal: AbortSignal,
) => Promise<{ readonly text: string } | "held" | undefined>;

interface Policy {
  createScriptURL(url: string): string;
}
export interface ScriptScope {
  readonly ogSealed?: { readonly openSealed: OpenSealed };
  readonly trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  importScripts(url: string): void;
}

let policy: Policy | undefined;

/** The only script that the worker's policy lets it load. */
function trusted({ trustedTypes }: ScriptScope): string {
  policy ??= trustedTypes?.createPolicy("og-sealed", {
    createScriptURL(url) {
      if (url !== SEALED) throw new TypeError(`${url} is no script of this worker.`);
      return url;
    },
  });
  return policy?.createScriptURL(SEALED) ?? SEALED;
}

/**
 * Loads it, once in the life of this worker. A worker may load what it has loaded while it was
 * installed, and nothing else: the browser keeps it beside the worker.
 */
export function sealedScript(scope: ScriptScope): OpenSealed | undefined {
  if (!scope.ogSealed) scope.importScripts(trusted(scope));
  return scope.ogSealed?.openSealed;
}
