import { healthLooks, lookedAt } from "../../../lib/browser/health_marks.ts";
import { useEngine } from "../../../lib/encryption/use_engine.ts";
import { useRoomHealth } from "../../../lib/encryption/use_room_health.ts";
import { t } from "../../../lib/i18n/t.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";

/** That something was found out about who orders a room's changes, until somebody looks at it. */
export default function HealthLine({ roomId }: { roomId: string }) {
  const state = useChat();
  const own = state.self.value.user.id;
  const health = useRoomHealth(useEngine(own).engine, roomId);
  const latest = health?.problems[0]?.atMs ?? 0;
  void healthLooks.value;
  if (latest <= lookedAt(own, roomId)) return null;
  return (
    <div class="guild-notice row-tight wrap" role="status">
      <Icon name="info" small />
      <span class="grow">{t("health.line")}</span>
      <button
        type="button"
        class="button small"
        aria-haspopup="dialog"
        onClick={() => state.overlay.value = { kind: "roomHealth", roomId }}
      >
        {t("sealed.bar.look")}
      </button>
    </div>
  );
}
