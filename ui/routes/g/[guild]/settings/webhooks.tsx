import type { Guild } from "../../../../../core/api/guild.ts";
import { type Webhook, WEBHOOKS } from "../../../../../core/api/webhooks.ts";
import { Avatar } from "../../../../components/Avatar.tsx";
import { Drawing } from "../../../../components/Drawing.tsx";
import { Field } from "../../../../components/Field.tsx";
import { ActForm, Check, PictureField, Select } from "../../../../components/FormParts.tsx";
import { GuildSettings } from "../../../../components/GuildSettings.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Folded, RemoveRow } from "../../../../components/RowActs.tsx";
import CopyText from "../../../../islands/CopyText.tsx";
import type { CallResult } from "../../../../lib/api/types.ts";
import { file, text } from "../../../../lib/forms.ts";
import { formPage } from "../../../../lib/form_page.ts";
import { handleOf, localPart, nameOf } from "../../../../lib/format/names.ts";
import { formatRelative } from "../../../../lib/format/time.ts";
import { settingsPath } from "../../../../lib/guild_links.ts";
import { guildParams, readGuild } from "../../../../lib/guild_settings.ts";
import { t } from "../../../../lib/i18n/t.ts";
import { define, type State } from "../../../../utils.ts";
import type { Context } from "../../../../lib/fresh/mod.ts";

/** What is shown once. */
interface Told {
  readonly url: string;
  readonly name: string;
}

const tell = (told: Told) => ({ tell: JSON.stringify(told) });

export const handler = define.handlers(formPage(
  async (ctx) => {
    const [guild, listed] = await Promise.all([
      readGuild(ctx, "hook.title"),
      ctx.state.api.call("listWebhooks", { params: guildParams(ctx) }),
    ]);
    return { guild, ...listed };
  },
  {
    async create(ctx, form) {
      const { url, webhook: { name } } = await ctx.state.api.call("createWebhook", {
        params: guildParams(ctx),
        body: {
          name: text(form, "name"),
          channel_id: text(form, "channel"),
          ...await pictureOf(ctx, form),
        },
      });
      return tell({ url, name });
    },
    async change(ctx, form) {
      const secret = text(form, "secret");
      await ctx.state.api.call("updateWebhook", {
        params: target(ctx, form),
        body: {
          name: text(form, "name"),
          channel_id: text(form, "channel"),
          ...await pictureOf(ctx, form),
          ...(secret === "" ? {} : { signature_secret: secret }),
          ...(form.has("dropSecret") ? { signature_secret: null } : {}),
        },
      });
    },
    async renew(ctx, form) {
      const { url } = await ctx.state.api.call("renewWebhook", { params: target(ctx, form) });
      return tell({ url, name: text(form, "name") });
    },
    async remove(ctx, form) {
      await ctx.state.api.call("deleteWebhook", { params: target(ctx, form) });
    },
  },
));

function target(ctx: Context<State>, form: FormData) {
  return { ...guildParams(ctx), webhook_id: text(form, "webhook") };
}

/** The picture of a form: another one, none, or the one there is. */
async function pictureOf(ctx: Context<State>, form: FormData): Promise<{ avatar?: string | null }> {
  const picture = file(form, "picture");
  if (picture) return { avatar: (await ctx.state.api.upload(picture, "avatar")).uri };
  return form.has("dropPicture") ? { avatar: null } : {};
}

/** Channels of the guild that messages can be written in. */
const channelsOf = (guild: Guild) =>
  guild.channels.filter((each) => !each.private && each.kind !== "category")
    .map(({ id, name }) => [id, `#${name}`] as const);

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, webhooks, elsewhere, note } = data;
  const told = note.told === null ? undefined : JSON.parse(note.told) as Told;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="webhooks"
      heading={t("hook.title")}
      lead="hook.lead"
      note={note}
    >
      {state.server.public_url_local && <Notice kind="warn">{t("hook.localWarning")}</Notice>}
      {told === undefined
        ? <NewWebhook guild={guild} refused={note.refused} />
        : <Made {...told} guild={guild} />}
      {webhooks.length === 0 && told === undefined && (
        <div class="empty">
          <Drawing name="door" />
          <p>{t("hook.none")}</p>
        </div>
      )}
      <ul class="rows">
        {webhooks.map((webhook) => (
          <Row key={webhook.id} webhook={webhook} guild={guild} nowMs={state.nowMs} />
        ))}
      </ul>
      {elsewhere.length > 0 && <Elsewhere list={elsewhere} guild={guild} />}
      <HowTo />
    </GuildSettings>
  );
});

function Made({ url, name, guild }: Told & { guild: Guild }) {
  const ways = [
    ["hook.plainUrl", url],
    ["hook.githubUrl", `${url}/github`],
    ["hook.slackUrl", `${url}/slack`],
  ] as const;
  return (
    <section class="card stack" aria-labelledby="made">
      <h2 id="made">{t("hook.made", { name })}</h2>
      <Notice kind="warn" icon="key">{t("hook.madeText")}</Notice>
      <ul class="rows">
        {ways.map(([label, address]) => (
          <li class="row-card" key={label}>
            <div class="grow">
              <p class="small strong">{t(label)}</p>
              <p class="mono small break">{address}</p>
            </div>
            <CopyText text={address} />
          </li>
        ))}
      </ul>
      <div>
        <a class="button primary" href={`${settingsPath(guild)}/webhooks`}>{t("hook.done")}</a>
      </div>
    </section>
  );
}

function NewWebhook({ guild, refused }: { guild: Guild; refused: FormData | null }) {
  const channels = channelsOf(guild);
  if (channels.length === 0) return <p class="muted">{t("hook.noChannel")}</p>;
  return (
    <section class="card">
      <ActForm act="create" files refused={refused}>
        <h2>{t("hook.new")}</h2>
        <Field
          name="name"
          label={t("hook.name")}
          maxlength={WEBHOOKS.nameChars}
          autocomplete="off"
          required
        />
        <Select
          name="channel"
          label={t("hook.channel")}
          hint={t("hook.channelHint")}
          value={channels[0]?.[0] ?? ""}
          options={channels}
        />
        <PictureField name="picture" label={t("hook.picture")} />
        <div>
          <button class="button primary" type="submit">{t("hook.create")}</button>
        </div>
      </ActForm>
    </section>
  );
}

function Row({ webhook, guild, nowMs }: { webhook: Webhook; guild: Guild; nowMs: number }) {
  const { id, name, state } = webhook;
  const channel = guild.channels.find((each) => each.id === webhook.channel_id);
  const when = formatRelative(webhook.created_ts, nowMs);
  const row = { field: "webhook", id };
  return (
    <li class="row-card device-row">
      <Avatar id={webhook.user_id} name={name} uri={webhook.avatar} />
      <div class="grow">
        <p class="row-tight wrap">
          <span class="strong break">{name}</span>
          {channel && <span class="tag">#{channel.name}</span>}
          {webhook.signed && <span class="tag">{t("hook.signed")}</span>}
          {state !== "live" && (
            <span class="tag danger">
              {t(state === "removed" ? "hook.removed" : "hook.channelGone")}
            </span>
          )}
        </p>
        <p class="small muted">
          {t("hook.by", { name: localPart(webhook.created_by), when })} ·{" "}
          {webhook.last_used_ts === null
            ? t("hook.unused")
            : t("sessions.used", { when: formatRelative(webhook.last_used_ts, nowMs) })}
        </p>
        {state !== "removed" && (
          <>
            <Change webhook={webhook} guild={guild} />
            <Folded
              {...row}
              act="renew"
              label={t("hook.renew")}
              named={t("hook.renewNamed", { name })}
            >
              <input type="hidden" name="name" value={name} />
              <p class="small">{t("hook.renewText")}</p>
              <div>
                <button class="button small" type="submit">{t("hook.renewSure")}</button>
              </div>
            </Folded>
          </>
        )}
        <RemoveRow
          {...row}
          label={t("hook.remove")}
          named={t("hook.removeNamed", { name })}
          text={t("hook.removeText")}
          sure={t("hook.removeSure")}
        />
      </div>
    </li>
  );
}

function Change({ webhook, guild }: { webhook: Webhook; guild: Guild }) {
  const { id, name, channel_id: held } = webhook;
  const channels = channelsOf(guild);
  // One that is gone, or hidden from who looks: a new name alone must not move it elsewhere.
  const isListed = channels.some(([channel]) => channel === held);
  return (
    <Folded
      field="webhook"
      id={id}
      act="change"
      files
      label={t("hook.change")}
      named={t("hook.changeNamed", { name })}
    >
      <Field
        name="name"
        id={`name-${id}`}
        label={t("hook.name")}
        value={name}
        maxlength={WEBHOOKS.nameChars}
        autocomplete="off"
        required
      />
      <Select
        name="channel"
        id={`channel-${id}`}
        label={t("hook.channel")}
        value={held}
        options={isListed ? channels : [[held, t("hook.channelKept")], ...channels]}
      />
      <PictureField name="picture" id={`picture-${id}`} label={t("hook.picture")} />
      {webhook.avatar !== null && (
        <Check name="dropPicture" value="on" label={t("hook.dropPicture")} checked={false} />
      )}
      <Field
        name="secret"
        id={`secret-${id}`}
        label={t("hook.secret")}
        hint={t("hook.secretHint")}
        minlength={8}
        maxlength={WEBHOOKS.signatureSecretChars}
        autocomplete="off"
        spellcheck={false}
      />
      {webhook.signed && (
        <Check name="dropSecret" value="on" label={t("hook.dropSecret")} checked={false} />
      )}
      <div>
        <button class="button small" type="submit">{t("save")}</button>
      </div>
    </Folded>
  );
}

function Elsewhere(
  { list, guild }: { list: CallResult<"listWebhooks">["elsewhere"]; guild: Guild },
) {
  return (
    <section class="stack">
      <div>
        <h2>{t("hook.elsewhere")}</h2>
        <p class="muted">{t("hook.elsewhereText")}</p>
      </div>
      <ul class="rows">
        {list.map(({ user, channel_id: channelId }) => {
          const channel = guild.channels.find((each) => each.id === channelId);
          return (
            <li class="row-card" key={user.id}>
              <Avatar id={user.id} name={nameOf(user)} uri={user.avatar} />
              <div class="grow">
                <p class="row-tight wrap">
                  <span class="strong break">{nameOf(user)}</span>
                  {channel && <span class="tag">#{channel.name}</span>}
                </p>
                <p class="small muted break">{handleOf(user.id)}</p>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function HowTo() {
  return (
    <section class="stack">
      <h2>{t("hook.howTo")}</h2>
      <p>{t("hook.howGithub")}</p>
      <p>{t("hook.howSlack")}</p>
      <p>{t("hook.howOwn")}</p>
      <p class="card mono small break">
        {'{"content": "The backup is done.", "display_name": "Backup"}'}
      </p>
    </section>
  );
}
