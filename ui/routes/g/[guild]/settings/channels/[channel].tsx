import { HttpError } from "fresh";
import type { Channel, ChannelEntry } from "../../../../../../core/api/channel.ts";
import type { Guild } from "../../../../../../core/api/guild.ts";
import { ActForm, Area, Check, Select } from "../../../../../components/FormParts.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { EntryRights } from "../../../../../components/RightsFields.tsx";
import type { Context } from "../../../../../lib/fresh/mod.ts";
import { flag, text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import { can } from "../../../../../lib/format/rights.ts";
import { channelSlug } from "../../../../../lib/format/paths.ts";
import { readGuild, settingsPath } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { entryBits, readBits } from "../../../../../lib/rights_form.ts";
import { define, type State } from "../../../../../utils.ts";

const SLOW = [0, 5, 10, 30, 60, 300, 900, 3600, 21600];

async function load(ctx: Context<State>) {
  const guild = await readGuild(ctx, "gs.channels");
  const channel = guild.channels.find((entry) => channelSlug(entry) === ctx.params["channel"]);
  if (!channel) throw new HttpError(404, "There is no such channel.");
  return { guild, channel, target: ctx.url.searchParams.get("target") ?? "everyone" };
}

const paramsOf = (channel: Channel) => ({ room_id: channel.room_id, channel_id: channel.id });

export const handler = define.handlers(formPage(load, {
  async save(ctx, form) {
    const { channel } = await load(ctx);
    const place = channel.kind === "category" ? {} : {
      topic: text(form, "topic").trim() || null,
      parent: text(form, "parent") || null,
      slow_mode_s: Number(text(form, "slow")) || 0,
      archived: flag(form, "archived"),
      age_restricted: flag(form, "age_restricted"),
    };
    await ctx.state.api.call("updateChannel", {
      params: paramsOf(channel),
      body: { name: text(form, "name").trim(), ...place },
    });
  },
  async entry(ctx, form) {
    const { channel } = await load(ctx);
    const target = text(form, "target");
    const held = channel.entries.find((entry) => entry.target === target);
    const bits = entryBits(
      form,
      held ?? { allow: "0", deny: "0" },
      readBits(channel.permissions),
    );
    const others = channel.entries.filter((entry) => entry.target !== target);
    const empty = bits.allow === "0" && bits.deny === "0";
    const entries: ChannelEntry[] = empty ? others : [...others, { target, ...bits }];
    await ctx.state.api.call("updateChannel", { params: paramsOf(channel), body: { entries } });
    return `${ctx.url.pathname}?saved=1&target=${encodeURIComponent(target)}`;
  },
  async sync(ctx) {
    const { channel } = await load(ctx);
    await ctx.state.api.call("updateChannel", { params: paramsOf(channel), body: { sync: true } });
  },
  async destroy(ctx) {
    const { guild, channel } = await load(ctx);
    await ctx.state.api.call("deleteChannel", { params: paramsOf(channel) });
    return `${settingsPath(guild)}/channels`;
  },
}));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, channel } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="channels"
      heading={channel.name}
      {...(channel.private ? { lead: "channel.notEncryptedLong" as const } : {})}
      note={data.note}
    >
      <ChannelForm guild={guild} channel={channel} />
      {can(channel.permissions, "MANAGE_ROLES") && !channel.private && (
        <Entries guild={guild} channel={channel} target={data.target} />
      )}
      <ActForm act="destroy" class="card danger-card stack">
        <h2>{t("channel.close")}</h2>
        <p class="muted">{t("channel.closeText")}</p>
        <div>
          <button class="button danger solid" type="submit">{t("channel.close")}</button>
        </div>
      </ActForm>
    </GuildSettings>
  );
});

function ChannelForm({ guild, channel }: { guild: Guild; channel: Channel }) {
  const categories = guild.channels.filter((entry) => entry.kind === "category");
  return (
    <ActForm act="save">
      <Field name="name" label={t("channel.name")} value={channel.name} maxlength={100} required />
      {channel.kind !== "category" && (
        <>
          <Area
            name="topic"
            label={t("channel.topic")}
            value={channel.topic ?? ""}
            maxlength={1024}
            rows={2}
          />
          <div class="row wrap form-line">
            <Select
              name="parent"
              label={t("channel.category")}
              value={channel.parent ?? ""}
              options={[
                ["", t("channel.noCategory")],
                ...categories.map(({ id, name }) => [id, name] as const),
              ]}
            />
            <Select
              name="slow"
              label={t("channel.slow")}
              value={String(channel.slow_mode_s)}
              options={[...new Set([...SLOW, channel.slow_mode_s])].sort((a, b) => a - b)
                .map((s) =>
                  [
                    String(s),
                    s === 0 ? t("channel.slowOff") : t("composer.slow", { n: s }),
                  ] as const
                )}
            />
          </div>
          <Check
            name="archived"
            label={t("channel.archived")}
            hint={t("channel.archivedHint")}
            checked={channel.archived}
          />
          <Check
            name="age_restricted"
            label={t("channel.age")}
            hint={t("channel.ageHint")}
            checked={channel.age_restricted}
          />
        </>
      )}
      <div>
        <button class="button primary" type="submit">{t("save")}</button>
      </div>
    </ActForm>
  );
}

function Entries({ guild, channel, target }: { guild: Guild; channel: Channel; target: string }) {
  const entry = channel.entries.find((held) => held.target === target);
  const known = new Map(guild.roles.map((role) => [
    role.id,
    role.id === "everyone" ? t("role.everyone") : role.name,
  ]));
  for (const held of channel.entries) {
    if (!known.has(held.target)) known.set(held.target, held.target);
  }
  if (!known.has(target)) known.set(target, target);
  const has = new Set(channel.entries.map((held) => held.target));
  return (
    <section class="stack">
      <div class="row between wrap">
        <h2>{t("entry.title")}</h2>
        {channel.parent !== null && (
          <ActForm act="sync">
            <button class="button small" type="submit">{t("entry.sync")}</button>
          </ActForm>
        )}
      </div>
      <p class="muted">{t("entry.lead")}</p>
      <nav class="row wrap tabs" aria-label={t("entry.title")}>
        {[...known].map(([id, name]) => (
          <a
            key={id}
            class={id === target ? "tab here" : "tab"}
            href={`?target=${encodeURIComponent(id)}`}
            aria-current={id === target ? "true" : undefined}
          >
            {name} {has.has(id) && <span class="dot call-dot" />}
          </a>
        ))}
      </nav>
      <form class="row form-line" method="get">
        <Field
          name="target"
          label={t("entry.member")}
          placeholder="@name@server"
          spellcheck={false}
        />
        <button class="button" type="submit">{t("entry.show")}</button>
      </form>
      <ActForm act="entry">
        <input type="hidden" name="target" value={target} />
        <EntryRights
          allow={readBits(entry?.allow ?? "0")}
          deny={readBits(entry?.deny ?? "0")}
          own={readBits(channel.permissions)}
        />
        <div>
          <button class="button primary" type="submit">
            {t("entry.save", { name: known.get(target) ?? target })}
          </button>
        </div>
      </ActForm>
    </section>
  );
}
