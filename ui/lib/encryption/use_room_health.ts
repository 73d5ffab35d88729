import { useEffect, useState } from "preact/hooks";
import type { RoomHealth } from "../../../core/e2ee/engine/types.ts";
import type { RemoteEngine } from "../e2ee/remote_engine.ts";

/** What the engine found out about a room's group, kept fresh; undefined until it has answered. */
export function useRoomHealth(
  engine: RemoteEngine | undefined,
  roomId: string,
): RoomHealth | undefined {
  const [health, setHealth] = useState<RoomHealth | undefined>(undefined);
  useEffect(() => {
    setHealth(undefined);
    if (!engine) return;
    let gone = false;
    const read = () =>
      void engine.ask("health", roomId)
        .then((found) => gone || setHealth(found), () => undefined);
    read();
    const stop = engine.onChange((change) => {
      if (change === undefined || change.what === "room" && change.roomId === roomId) read();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [engine, roomId]);
  return health;
}
