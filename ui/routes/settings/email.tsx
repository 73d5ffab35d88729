import { HttpError } from "fresh";
import { AccountPage } from "../../components/AccountPage.tsx";
import { Field } from "../../components/Field.tsx";
import { ActForm } from "../../components/FormParts.tsx";
import { Notice } from "../../components/Notice.tsx";
import type { CallResult } from "../../lib/api/types.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { formPage } from "../../lib/form_page.ts";
import { text } from "../../lib/forms.ts";
import { formatFull } from "../../lib/format/time.ts";
import { language, t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers(formPage(
  async (ctx) => {
    if (!ctx.state.server.mail) throw new HttpError(404, t("error.404Text"));
    ctx.state.title = t("email.title");
    const [self, email] = await Promise.all([
      ctx.state.api.call("getAccount"),
      ctx.state.api.call("getEmail"),
    ]);
    return { self, email, timeZone: readTimeZone(ctx.req) };
  },
  {
    async set(ctx, form) {
      await ctx.state.api.call("setEmail", {
        body: { address: text(form, "address").trim(), language: language().code },
      });
      return "/settings/email";
    },
    async stop(ctx) {
      await ctx.state.api.call("dropEmailClaim");
    },
    async remove(ctx) {
      await ctx.state.api.call("removeEmail");
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { email, timeZone } = data;
  return (
    <AccountPage
      state={state}
      heading={t("email.title")}
      lead={t("email.lead")}
      admin={data.self.admin}
      here="/settings/email"
      note={data.note}
    >
      {email.waiting && <Waiting waiting={email.waiting} timeZone={timeZone} />}
      <p class="break">
        {email.address === null ? t("email.none") : t("email.have", { address: email.address })}
        {" "}
        {email.verified_ts !== null && (
          <span class="muted">
            {t("email.since", { when: formatFull(email.verified_ts, timeZone) })}
          </span>
        )}
      </p>
      <ActForm act="set" refused={data.note.refused}>
        <Field
          name="address"
          type="email"
          label={t("email.field")}
          autocomplete="email"
          spellcheck={false}
          maxlength={254}
          required
        />
        <div>
          <button class="button primary" type="submit">{t("email.set")}</button>
        </div>
      </ActForm>
      {email.address !== null && (
        <section class="card stack">
          <h2>{t("email.remove")}</h2>
          <p class="muted">{t("email.removeText")}</p>
          <ActForm act="remove">
            <div>
              <button class="button danger" type="submit">{t("email.remove")}</button>
            </div>
          </ActForm>
        </section>
      )}
    </AccountPage>
  );
});

function Waiting({ waiting, timeZone }: {
  waiting: NonNullable<CallResult<"getEmail">["waiting"]>;
  timeZone: string;
}) {
  const { address, expires_ts: until } = waiting;
  return (
    <Notice icon="clock">
      <div class="stack-tight">
        <p class="break">{t("email.waits", { address, when: formatFull(until, timeZone) })}</p>
        <div class="row wrap">
          <ActForm act="set">
            <input type="hidden" name="address" value={address} />
            <button class="button small" type="submit">{t("email.again")}</button>
          </ActForm>
          <ActForm act="stop">
            <button class="button quiet small" type="submit">{t("email.stop")}</button>
          </ActForm>
        </div>
      </div>
    </Notice>
  );
}
