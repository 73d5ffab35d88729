import { useEffect, useState } from "preact/hooks";
import { privacyOf } from "../../lib/browser/privacy.ts";
import type { Privacy } from "../../lib/e2ee/privacy.ts";
import { useChat } from "./chat_context.ts";

/** What opens and seals messages; undefined until it has come. */
export function usePrivacy(): Privacy | undefined {
  const state = useChat();
  const [privacy, setPrivacy] = useState<Privacy | undefined>(undefined);
  useEffect(() => void privacyOf(state).then(setPrivacy, () => undefined), []);
  return privacy;
}
