import type { Guild, Member, Role } from "../../core/api/guild.ts";
import { handleOf, memberName } from "../lib/format/names.ts";
import { settingsPath } from "../lib/guild_links.ts";
import { t } from "../lib/i18n/t.ts";
import { Avatar } from "./Avatar.tsx";
import { Field } from "./Field.tsx";
import { ActForm } from "./FormParts.tsx";

/** Who has a role, and who may get it: several at once. */
export function RoleMembers(props: {
  guild: Guild;
  role: Role;
  holders: readonly Member[];
  total: number;
  /** Those found who do not have it; undefined while nobody was looked for. */
  others: readonly Member[] | undefined;
  find: string;
  mine: boolean;
}) {
  const { guild, role, holders, others } = props;
  const all = `${settingsPath(guild)}/members?role=${encodeURIComponent(role.id)}`;
  return (
    <section class="stack" id="members" aria-labelledby="role-members">
      <div class="row between wrap">
        <h2 id="role-members">{t("members", { n: props.total })}</h2>
        {props.total > holders.length && <a href={all}>{t("role.allMembers")}</a>}
      </div>
      {holders.length > 0 && (
        <ActForm act="take" class="stack-tight">
          <MemberChecks members={holders} guild={guild} disabled={!props.mine} />
          {props.mine && (
            <div>
              <button class="button small" type="submit">{t("role.take")}</button>
            </div>
          )}
        </ActForm>
      )}
      {holders.length === 0 && <p class="muted">{t("role.noMembers")}</p>}
      {props.mine && (
        <>
          <form method="get" action="#members" class="row form-line" role="search">
            <Field name="find" label={t("role.findMembers")} value={props.find} />
            <button class="button" type="submit">{t("gs.search")}</button>
          </form>
          {others !== undefined && others.length === 0 && (
            <p class="muted">{t("role.nobodyFound")}</p>
          )}
          {others !== undefined && others.length > 0 && (
            <ActForm act="give" class="stack-tight">
              <MemberChecks members={others} guild={guild} />
              <div>
                <button class="button small primary" type="submit">{t("role.give")}</button>
              </div>
            </ActForm>
          )}
        </>
      )}
    </section>
  );
}

/** Members with a box each, to choose several. */
export function MemberChecks(
  props: { members: readonly Member[]; guild: Guild; disabled?: boolean },
) {
  return (
    <ul class="rows">
      {props.members.map((member) => (
        <li key={member.user.id} class="row-card slim">
          <input
            type="checkbox"
            class="box"
            name="user"
            value={member.user.id}
            disabled={props.disabled}
            aria-label={t("member.choose", { name: memberName(member) })}
          />
          <Avatar
            id={member.user.id}
            name={memberName(member)}
            uri={member.guild_avatar ?? member.user.avatar}
            size="s"
          />
          <a
            class="grow row-link"
            href={`${settingsPath(props.guild)}/members/${encodeURIComponent(member.user.id)}`}
          >
            <span class="strong break">{memberName(member)}</span>{" "}
            <span class="small muted break">{handleOf(member.user.id)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
