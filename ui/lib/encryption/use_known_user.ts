import { useEffect, useState } from "preact/hooks";
import type { KnownUser } from "../../../core/e2ee/engine/types.ts";
import type { RemoteEngine } from "../e2ee/remote_engine.ts";

/** What the engine holds of somebody, kept fresh; undefined until it has answered. */
export function useKnownUser(
  engine: RemoteEngine | undefined,
  userId: string | undefined,
): KnownUser | undefined {
  const [known, setKnown] = useState<KnownUser | undefined>(undefined);
  useEffect(() => {
    setKnown(undefined);
    if (!engine || userId === undefined) return;
    let gone = false;
    // Somebody whose server does not answer is shown as before, or not at all.
    const read = () =>
      engine.ask("devices", userId).then((found) => gone || setKnown(found), () => undefined);
    void read();
    const stop = engine.onChange((change) => {
      if (change === undefined || change.what === "user" && change.userId === userId) void read();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [engine, userId]);
  return known;
}
