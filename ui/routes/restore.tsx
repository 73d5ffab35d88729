import { AuthPage } from "../components/AuthPage.tsx";
import { Notice } from "../components/Notice.tsx";
import RestoreMessages from "../islands/RestoreMessages.tsx";
import { ApiError } from "../lib/api/request.ts";
import { safeNext } from "../lib/forms.ts";
import { localPart } from "../lib/format/names.ts";
import type { SlotKind } from "../lib/encryption/recovery.ts";
import { t } from "../lib/i18n/t.ts";
import { joinDevices } from "../lib/settings/own_devices.ts";
import { define } from "../utils.ts";
import type { Context } from "../lib/fresh/mod.ts";
import type { State } from "../utils.ts";

/** Ways to the backup's key; undefined where the account has no backup. */
async function slotsOf(ctx: Context<State>): Promise<SlotKind[] | undefined> {
  try {
    const { slots } = await ctx.state.api.call("getBackup");
    return slots.map(({ kind }) => kind);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Whether anything that the account takes part in is encrypted. */
async function hasEncrypted({ state: { api } }: Context<State>): Promise<boolean> {
  const { snapshot } = await api.call("sync", {});
  const guilds = snapshot?.guilds ?? [];
  return (snapshot?.dms ?? []).some(({ encrypted }) => encrypted) ||
    guilds.some(({ channels }) => channels.some(({ encrypted }) => encrypted));
}

/**
 * Where a sign-in leads: on to `next` at once, unless the account has encrypted messages to get.
 */
export const handler = define.handlers({
  async GET(ctx) {
    const next = safeNext(ctx.url.searchParams.get("next"));
    const self = await ctx.state.self();
    if (!self) return ctx.redirect("/login?next=/restore");
    ctx.state.title = t("e2ee.get.title");
    const [slots, { sessions }, { devices }] = await Promise.all([
      slotsOf(ctx),
      ctx.state.api.call("listSessions"),
      ctx.state.api.call("listDevices"),
    ]);
    const all = joinDevices(sessions, devices);
    const others = all.some(({ session, trust }) => !session.current && trust === "verified");
    // Who comes here by themselves wants to see it, encrypted messages or not.
    const wanted = slots !== undefined ||
      others && (!ctx.url.searchParams.has("next") || await hasEncrypted(ctx));
    if (!wanted) return ctx.redirect(next);
    return { data: { next, self, slots: slots ?? [], others } };
  },
});

export default define.page<typeof handler>(({ data, state }) => {
  const { self, next } = data;
  return (
    <AuthPage state={state} wide>
      <h1>{t("e2ee.get.title")}</h1>
      <noscript>
        <Notice>{t("e2ee.scripts")}</Notice>
      </noscript>
      <RestoreMessages
        owner={{
          userId: self.user.id,
          userName: localPart(self.user.id),
          serverName: state.server.name,
        }}
        slots={data.slots}
        others={data.others}
        next={next}
      />
      <div class="stack-tight get-later">
        <hr />
        <p>
          <a class="button quiet" href={next}>{t("e2ee.get.skip")}</a>
        </p>
        <p class="small muted">{t("e2ee.get.skipText")}</p>
        <p class="small muted">
          <strong>{t("e2ee.get.lost")}</strong> {t("e2ee.get.lostText")}{" "}
          <a href="/settings/encryption">{t("e2ee.title")}</a>
        </p>
      </div>
    </AuthPage>
  );
});
