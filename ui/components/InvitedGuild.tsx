import type { ComponentChildren } from "preact";
import { t } from "../lib/i18n/t.ts";
import { stayText } from "../lib/settings/stays.ts";
import { Avatar } from "./Avatar.tsx";

/** The guild that an invite leads to, before one is in it, and below it what can be done. */
export function InvitedGuild(props: {
  guild: {
    readonly id: string;
    readonly name: string;
    readonly description: string | null;
    readonly member_count: number;
    readonly icon?: string | null;
  };
  by: string | null;
  onlineCount: number;
  /** The server whose link it is, where that is not this one. */
  server?: string | undefined;
  /** How long the membership lasts (s); null: for good. */
  stayS: number | null;
  children: ComponentChildren;
}) {
  const { guild } = props;
  return (
    <div class="invite-card">
      <Avatar id={guild.id} name={guild.name} uri={guild.icon ?? null} size="xl" guild />
      <p class="muted">
        {props.by === null ? t("invite.you") : t("invite.by", { name: props.by })}
      </p>
      <h1 class="break">{guild.name}</h1>
      {props.server !== undefined && <p class="tag">{props.server}</p>}
      {guild.description && <p class="lead">{guild.description}</p>}
      <p class="counts">
        <span class="dot good" /> {t("invite.online", { n: props.onlineCount })}
        <span class="dot" /> {t("members", { n: guild.member_count })}
      </p>
      {props.stayS !== null && (
        <p class="small">{t("stay.invite", { time: stayText(props.stayS) })}</p>
      )}
      {props.children}
    </div>
  );
}
