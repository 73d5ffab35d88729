import { useEffect } from "preact/hooks";
import type { Guild } from "../../../core/api/guild.ts";
import { keepName } from "../../lib/browser/keep_name.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import { hintFor } from "../../lib/store/hints.ts";
import { placeKey, type TalkPlace } from "../../lib/store/place.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** Above the box, for those who came lately: one thing to know, until it is put away. */
export function HintLine({ guild, place, mayWrite }: {
  guild: Guild;
  place: TalkPlace;
  mayWrite: boolean;
}) {
  const state = useChat();
  const own = state.self.value.user.id;
  const hasWritten = state.windowOf(placeKey(place)).value.messages.some((each) =>
    each.author.id === own
  );
  // Whoever has written knows how, in other channels too.
  useEffect(() => {
    if (hasWritten) keepName(state, "hints", { name: "write", on: true });
  }, [hasWritten]);
  const hint = hintFor(guild, {
    away: state.kept.value.hints,
    mayInvite: can(guild.permissions, "CREATE_INVITE"),
    mayWrite,
    hasWritten,
    nowMs: state.now.value,
  });
  if (hint === undefined) return null;
  return (
    <div role="note" class={`first-hint hint-${hint}`} aria-label={t("hint.label")}>
      <Icon name="info" small />
      <p class="grow">{t(`hint.${hint}`)}</p>
      {hint === "invite" && (
        <button
          type="button"
          class="button small"
          onClick={() =>
            state.overlay.value = { kind: "invite", guildId: guild.id, channelId: null }}
        >
          {t("hint.inviteNow")}
        </button>
      )}
      <button
        type="button"
        class="icon-button small"
        aria-label={t("hint.away")}
        title={t("hint.away")}
        onClick={() => {
          keepName(state, "hints", { name: hint, on: true });
          document.querySelector<HTMLElement>("textarea[name=body]")?.focus();
        }}
      >
        <Icon name="close" small />
      </button>
    </div>
  );
}
