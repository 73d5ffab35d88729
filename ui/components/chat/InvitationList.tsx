import type { Invitation } from "../../../core/api/invitations.ts";
import { answerInvitation } from "../../lib/browser/invitations.ts";
import { nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { Avatar } from "../Avatar.tsx";
import { useChat } from "./chat_context.ts";

/** Who would like to have the visitor where. Each can be sent away, whatever its server does. */
export function InvitationList() {
  const state = useChat();
  const invitations = state.invitations.value;
  if (invitations.length === 0) return null;
  return (
    <section class="invitations">
      <h3 class="group-name">
        {t("invitation.title")} <span class="faint">{invitations.length}</span>
      </h3>
      <ul class="side-list">
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.room_id} invitation={invitation} />
        ))}
      </ul>
    </section>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const state = useChat();
  const by = nameOf(invitation.by);
  const foreign = invitation.server !== state.server.name;
  const name = invitation.name ??
    t(invitation.held ? "invitation.held" : `invitation.${invitation.kind}`);
  return (
    <li class="invitation">
      <div class="row">
        <Avatar
          id={invitation.room_id}
          name={invitation.name ?? "?"}
          uri={invitation.icon}
          size="m"
          guild
        />
        <span class="grow break">
          <span class="strong block">{name}</span>
          <span class="tiny faint block" title={invitation.by.id}>
            {foreign
              ? t("invitation.byForeign", { name: by, server: invitation.server })
              : t("invitation.by", { name: by })}
          </span>
        </span>
      </div>
      {invitation.held && <p class="tiny faint">{t("invitation.heldText")}</p>}
      <div class="row-tight">
        <button
          type="button"
          class="button small primary grow"
          aria-label={t("invitation.acceptOf", { name })}
          onClick={() => answerInvitation(state, invitation, "accept")}
        >
          {t("invitation.accept")}
        </button>
        <button
          type="button"
          class="button small grow"
          aria-label={t("invitation.declineOf", { name })}
          onClick={() => answerInvitation(state, invitation, "decline")}
        >
          {t("invitation.decline")}
        </button>
      </div>
    </li>
  );
}
