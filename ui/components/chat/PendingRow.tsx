import { isEncrypted } from "../../lib/browser/privacy.ts";
import { discardPending, editPending, retryPending } from "../../lib/browser/outgoing.ts";
import { memberName, nameOf } from "../../lib/format/names.ts";
import { colorClass } from "../../lib/format/role_color.ts";
import { t } from "../../lib/i18n/t.ts";
import { memberColor } from "../../lib/store/member_groups.ts";
import type { TalkPlace } from "../../lib/store/place.ts";
import type { Pending } from "../../lib/store/window.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { Attachments } from "./Attachments.tsx";
import { useChat, useVenue } from "./chat_context.ts";
import { Markdown } from "./Markdown.tsx";
import { drawMention, mayCallEveryone } from "./mention.tsx";

/** A message on its way; where it failed or waits, why, and what to do. */
export function PendingRow(props: { pending: Pending; grouped: boolean; place: TalkPlace }) {
  const state = useChat();
  const { guild } = useVenue();
  const { pending, grouped, place } = props;
  const { user } = state.self.value;
  const me = place.kind === "channel" ? state.memberOf(place.guildId, user.id) : undefined;
  const name = me ? memberName(me) : nameOf(user);
  const color = guild && me ? memberColor(guild, me) : null;
  const failed = pending.failed !== undefined;
  const cut = state.connection.value === "reconnecting";
  const away = pending.offline || cut;
  const held = (pending.holdUntil ?? 0) > state.now.value;
  return (
    <article
      class={`msg pending${grouped ? " grouped" : ""}${failed ? " failed" : ""}`}
      data-row={`pending-${pending.nonce}`}
      aria-label={failed ? t("message.failed") : t("message.sending")}
    >
      {grouped ? <span class="msg-side-time" /> : (
        <span class="msg-avatar">
          <Avatar id={user.id} name={name} uri={me?.guild_avatar ?? user.avatar} />
        </span>
      )}
      <div class="msg-body">
        {!grouped && (
          <div class="msg-head">
            <span class={`msg-name ${colorClass(color)}`}>{name}</span>
            <span class="msg-time">{failed || away || held ? "" : t("message.sending")}</span>
          </div>
        )}
        {pending.body !== "" && (
          <Markdown
            source={pending.body}
            mention={(token) =>
              drawMention(state, token, { guild, everyone: mayCallEveryone(state, place) })}
          />
        )}
        {pending.media.length > 0 && <Attachments media={pending.media} />}
        {failed
          ? (
            <p class="msg-failed">
              <span role="alert">{t("message.notSent", { reason: pending.failed ?? "" })}</span>
              <button
                type="button"
                class="button small"
                onClick={() => retryPending(state, place, pending)}
              >
                {t("retry")}
              </button>
              <PendingActs pending={pending} place={place} />
            </p>
          )
          : (away || held) && (
            <p class="msg-waiting">
              <Icon name="clock" small />
              <span>
                {!away
                  ? t("outbox.held")
                  : t(!cut && isEncrypted(state, place.roomId) ? "outbox.unready" : "outbox.away")}
              </span>
              <PendingActs pending={pending} place={place} />
            </p>
          )}
      </div>
    </article>
  );
}

function PendingActs({ pending, place }: { pending: Pending; place: TalkPlace }) {
  const state = useChat();
  return (
    <>
      <button
        type="button"
        class="button small quiet"
        onClick={() => editPending(state, place, pending)}
      >
        {t("edit")}
      </button>
      <button
        type="button"
        class="button small quiet"
        onClick={() => discardPending(state, place, pending)}
      >
        {t("delete")}
      </button>
    </>
  );
}
