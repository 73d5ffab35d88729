import { AdminPage } from "../../components/AdminPage.tsx";
import { ActForm, Select } from "../../components/FormParts.tsx";
import { Field } from "../../components/Field.tsx";
import { Icon } from "../../components/Icon.tsx";
import { requireAdmin } from "../../lib/admin.ts";
import { text } from "../../lib/forms.ts";
import { formatRelative } from "../../lib/format/time.ts";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

const DAY_MS = 86_400_000;
/** 0: for ever. */
const DAYS = [1, 7, 30, 365, 0] as const;

export const handler = define.handlers(formPage(
  async (ctx) => {
    await requireAdmin(ctx, "admin.tokens");
    return await ctx.state.api.call("adminListTokens", { query: {} });
  },
  {
    async create(ctx, form) {
      const uses = Number(text(form, "uses"));
      const days = Number(text(form, "days"));
      await ctx.state.api.call("adminCreateToken", {
        body: {
          max_uses: uses > 0 ? uses : null,
          expires_in_ms: days > 0 ? days * DAY_MS : null,
          ...(text(form, "note").trim() === "" ? {} : { note: text(form, "note").trim() }),
        },
      });
    },
    async revoke(ctx, form) {
      await ctx.state.api.call("adminRevokeToken", { params: { token_id: text(form, "id") } });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AdminPage
    state={state}
    heading={t("admin.tokens")}
    lead={t("admin.tokensLead")}
    here="/admin/tokens"
    note={data.note}
  >
    <ActForm act="create" class="row wrap form-line" refused={data.note.refused}>
      <Field name="note" label={t("admin.tokenNote")} maxlength={200} />
      <Select
        name="uses"
        label={t("invite.uses")}
        value="1"
        options={[["1", "1"], ["10", "10"], ["100", "100"], ["0", t("invite.anyUses")]]}
      />
      <Select
        name="days"
        label={t("token.lasts")}
        value="7"
        options={DAYS.map((days) =>
          [String(days), days === 0 ? t("token.forEver") : t("token.days", { n: days })] as const
        )}
      />
      <button class="button primary" type="submit">{t("admin.createToken")}</button>
    </ActForm>
    {data.tokens.length === 0 && <p class="muted">{t("admin.noTokens")}</p>}
    <ul class="rows">
      {data.tokens.map((token) => (
        <li key={token.id} class="row-card">
          <Icon name="key" />
          <div class="grow">
            <p class="mono break">{token.url}</p>
            <p class="small muted break">
              {token.note && `${token.note} · `}
              {token.max_uses === null
                ? t("invite.nUses", { n: token.uses })
                : t("gs.usesOf", { uses: token.uses, max: token.max_uses })}
              {token.state === "valid" && token.expires_ts !== null &&
                ` · ${t("token.ends", { when: formatRelative(token.expires_ts, state.nowMs) })}`}
            </p>
          </div>
          {token.state === "valid"
            ? (
              <ActForm act="revoke">
                <input type="hidden" name="id" value={token.id} />
                <button class="button small danger" type="submit">{t("gs.revoke")}</button>
              </ActForm>
            )
            : <span class="tag">{t(`token.${token.state}`)}</span>}
        </li>
      ))}
    </ul>
  </AdminPage>
));
