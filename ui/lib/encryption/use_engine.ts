import { useEffect, useState } from "preact/hooks";
import type { RemoteEngine } from "../e2ee/remote_engine.ts";
import type { Lack } from "../e2ee/support.ts";

/** The engine as a part of a page sees it; drawn anew with each change of it. */
export interface SeenEngine {
  /** Undefined until it runs. */
  readonly engine: RemoteEngine | undefined;
  /** What this browser lacks for it. */
  readonly lack: Lack | undefined;
  /** Why it did not start, otherwise. */
  readonly fault: string | undefined;
  /** Content keys of a backup that is being read. */
  readonly restoring: { readonly done: number; readonly total: number } | undefined;
  /** Rises with each change, for effects that read something anew. */
  readonly changes: number;
}

const UNSEEN: SeenEngine = {
  engine: undefined,
  lack: undefined,
  fault: undefined,
  restoring: undefined,
  changes: 0,
};

/**
 * The engine of the account for a page; its script is fetched here. `live`: the page has no
 * gateway of its own, so one is opened that tells the engine what arrives.
 */
export function useEngine(userId: string, { live = false } = {}): SeenEngine {
  const [seen, setSeen] = useState(UNSEEN);
  useEffect(() => {
    const endings: (() => void)[] = [];
    let gone = false;
    const open = async () => {
      const { openEngine } = await import("../e2ee/client.ts");
      const engine = await openEngine(userId);
      if (gone) return;
      endings.push(engine.onChange((change) =>
        setSeen((before) => ({
          ...before,
          changes: before.changes + 1,
          restoring: change?.what === "restore"
            ? { done: change.done, total: change.total }
            : before.restoring,
        }))
      ));
      setSeen({ ...UNSEEN, engine, changes: 1 });
      if (!live) return;
      const { followDevice } = await import("./follow_device.ts");
      if (!gone) endings.push(followDevice(engine));
    };
    open().catch((error) => {
      if (gone) return;
      const lack = error instanceof Error && "lack" in error ? error.lack as Lack : undefined;
      setSeen({ ...UNSEEN, lack, fault: lack ? undefined : String(error?.message ?? error) });
    });
    return () => {
      gone = true;
      for (const end of endings) end();
    };
  }, [userId]);
  return seen;
}
