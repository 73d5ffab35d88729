import type { Channel, ChannelEntry } from "../../../../../../../core/api/channel.ts";
import type { Guild } from "../../../../../../../core/api/guild.ts";
import { ChannelTabs } from "../../../../../../components/ChannelTabs.tsx";
import { Field } from "../../../../../../components/Field.tsx";
import { ActForm, SaveButton } from "../../../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../../../components/Icon.tsx";
import { EntryRights } from "../../../../../../components/RightsFields.tsx";
import PermissionDiff from "../../../../../../islands/PermissionDiff.tsx";
import type { Context } from "../../../../../../lib/fresh/mod.ts";
import { text } from "../../../../../../lib/forms.ts";
import { formPage } from "../../../../../../lib/form_page.ts";
import { channelParams, readChannel } from "../../../../../../lib/guild_channel.ts";
import { handleOf } from "../../../../../../lib/format/names.ts";
import { settingsPath } from "../../../../../../lib/guild_links.ts";
import { guildParams } from "../../../../../../lib/guild_settings.ts";
import { t } from "../../../../../../lib/i18n/t.ts";
import { entryBits, readBits } from "../../../../../../lib/rights_form.ts";
import { withEntry } from "../../../../../../lib/settings/rights_diff.ts";
import { define, type State } from "../../../../../../utils.ts";
import { parseTypedUserId } from "../../../../../../../core/ids/user_id.ts";

async function load(ctx: Context<State>) {
  const { guild, channel } = await readChannel(ctx);
  const asked = ctx.url.searchParams.get("target") || "everyone";
  const target = parseTypedUserId(asked) ?? asked;
  const role = target === "everyone" || guild.roles.some((entry) => entry.id === target);
  const { channels } = await ctx.state.api.call("viewAs", {
    params: guildParams(ctx),
    query: role ? { role_id: target } : { user_id: target },
  });
  const now = channels.find((entry) => entry.id === channel.id)?.permissions ?? "0";
  return { guild, channel, target, now };
}

/** The entries as the form would leave them. */
function entriesAfter(channel: Channel, form: FormData): ChannelEntry[] {
  const target = text(form, "target");
  const held = channel.entries.find((entry) => entry.target === target);
  const bits = entryBits(form, held ?? { allow: "0", deny: "0" }, readBits(channel.permissions));
  return withEntry(channel.entries, { target, ...bits });
}

export const handler = define.handlers(formPage(load, {
  async entry(ctx, form) {
    const { channel } = await readChannel(ctx);
    const entries = entriesAfter(channel, form);
    await ctx.state.api.call("updateChannel", {
      params: channelParams(channel),
      body: { entries },
    });
    return `${ctx.url.pathname}?saved=1&target=${encodeURIComponent(text(form, "target"))}`;
  },
  async sync(ctx) {
    const { channel } = await readChannel(ctx);
    await ctx.state.api.call("updateChannel", {
      params: channelParams(channel),
      body: { sync: true },
    });
  },
  async syncAll(ctx) {
    const { guild, channel } = await readChannel(ctx);
    for (const child of guild.channels.filter((each) => each.parent === channel.id)) {
      await ctx.state.api.call("updateChannel", {
        params: channelParams(child),
        body: { sync: true },
      });
    }
  },
}));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, channel, target } = data;
  const names = namesOf(guild, channel, target);
  const who = names.get(target) ?? target;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="channels"
      heading={channel.name}
      note={data.note}
    >
      <ChannelTabs guild={guild} channel={channel} here="permissions" />
      <p class="muted">{t("entry.lead")}</p>
      <Sync guild={guild} channel={channel} />
      <div class="entries">
        <Who guild={guild} channel={channel} target={target} names={names} />
        <ActForm act="entry" guard>
          <input type="hidden" name="target" value={target} />
          <div class="row between wrap">
            <h2 class="break">{t("entry.for", { name: who })}</h2>
            <Asides guild={guild} channel={channel} target={target} />
          </div>
          <EntryRights {...bitsOf(data)} />
          <PermissionDiff
            guildId={guild.id}
            channel={{ id: channel.id, name: channel.name }}
            target={target}
            who={who}
            entries={channel.entries}
            own={channel.permissions}
          />
          <SaveButton />
        </ActForm>
      </div>
    </GuildSettings>
  );
});

function bitsOf({ channel, target, now }: { channel: Channel; target: string; now: string }) {
  const entry = channel.entries.find((held) => held.target === target);
  return {
    allow: readBits(entry?.allow ?? "0"),
    deny: readBits(entry?.deny ?? "0"),
    own: readBits(channel.permissions),
    now: readBits(now),
  };
}

/** Everybody who can be chosen: those with an entry first. */
function namesOf(guild: Guild, channel: Channel, target: string): Map<string, string> {
  const roles = new Map(guild.roles.map((role) => [
    role.id,
    role.id === "everyone" ? t("role.everyone") : role.name,
  ]));
  const nameOf = (id: string) => roles.get(id) ?? handleOf(id);
  const chosen = ["everyone", ...channel.entries.map((entry) => entry.target), target];
  return new Map([...new Set(chosen)].map((id) => [id, nameOf(id)]));
}

function Who(
  { guild, channel, target, names }: {
    guild: Guild;
    channel: Channel;
    target: string;
    names: ReadonlyMap<string, string>;
  },
) {
  const has = new Set(channel.entries.map((entry) => entry.target));
  const rest = guild.roles.filter((role) => !names.has(role.id));
  return (
    <div class="entry-who stack">
      <nav aria-label={t("entry.who")}>
        <ul class="side-list">
          {[...names].map(([id, name]) => (
            <li key={id}>
              <a
                class={id === target ? "side-row here" : "side-row"}
                href={`?target=${encodeURIComponent(id)}`}
                aria-current={id === target ? "true" : undefined}
              >
                <Icon name={id.startsWith("@") ? "person" : "shield"} />
                <span class="clip grow">{name}</span>
                {has.has(id) && (
                  <span class="tag">
                    <span class="sr">{t("entry.has")}</span>
                    <span aria-hidden="true">•</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {rest.length > 0 && (
        <form method="get" class="stack-tight">
          <label class="label" for="add-role">{t("entry.addRole")}</label>
          <select class="select" id="add-role" name="target">
            {rest.map((role) => <option key={role.id} value={role.id}>{role.name}</option>)}
          </select>
          <button class="button small" type="submit">{t("entry.show")}</button>
        </form>
      )}
      <form method="get" class="stack-tight">
        <Field
          name="target"
          label={t("entry.member")}
          placeholder="@name@server"
          spellcheck={false}
          required
        />
        <button class="button small" type="submit">
          {t("entry.showMember")}
        </button>
      </form>
    </div>
  );
}

function Asides({ guild, channel, target }: { guild: Guild; channel: Channel; target: string }) {
  const base = settingsPath(guild);
  const id = encodeURIComponent(target);
  const member = target.startsWith("@");
  return (
    <span class="row-tight wrap">
      <a class="button quiet small" href={`${base}/view-as?${member ? "user" : "role"}=${id}`}>
        <Icon name="eye" small /> {t("viewAs.link")}
      </a>
      <a
        class="button quiet small"
        href={`${base}/why?channel=${encodeURIComponent(channel.id)}${member ? `&user=${id}` : ""}`}
      >
        <Icon name="info" small /> {t("why.link")}
      </a>
    </span>
  );
}

/** How the entries stand to those of the category, or of the channels in it. */
function Sync({ guild, channel }: { guild: Guild; channel: Channel }) {
  if (channel.kind === "category") {
    const inside = guild.channels.filter((each) => each.parent === channel.id && !each.private);
    const apart = inside.filter((each) => !sameEntries(each, channel)).length;
    if (inside.length === 0) return null;
    return (
      <div class="row between wrap card flat sync-card">
        <p>{apart === 0 ? t("entry.allFollow") : t("entry.someDiffer", { n: apart })}</p>
        {apart > 0 && (
          <ActForm act="syncAll">
            <button class="button small" type="submit">{t("entry.syncAll")}</button>
          </ActForm>
        )}
      </div>
    );
  }
  const parent = guild.channels.find((each) => each.id === channel.parent);
  if (!parent) return null;
  const same = sameEntries(parent, channel);
  return (
    <div class="row between wrap card flat sync-card">
      <p>
        {same
          ? t("entry.follows", { name: parent.name })
          : t("entry.differs", { name: parent.name })}
      </p>
      {!same && (
        <ActForm act="sync">
          <button class="button small" type="submit">{t("entry.sync")}</button>
        </ActForm>
      )}
    </div>
  );
}

function sameEntries(a: Channel, b: Channel): boolean {
  const told = (channel: Channel) =>
    channel.entries.map((entry) => `${entry.target} ${entry.allow} ${entry.deny}`).sort().join();
  return told(a) === told(b);
}
