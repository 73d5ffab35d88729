import type { ComponentChildren } from "preact";
import PasskeyConfirm from "../islands/PasskeyConfirm.tsx";
import SettingsGuard from "../islands/SettingsGuard.tsx";
import SettingsSearch from "../islands/SettingsSearch.tsx";
import type { SettingsItem } from "../lib/settings/search.ts";
import type { FormNote, WaitingForm } from "../lib/form_page.ts";
import { t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { CodeField } from "./CodeField.tsx";
import { Field } from "./Field.tsx";
import { SiteFooter } from "./Footer.tsx";
import type { SettingsLink } from "../lib/settings_links.ts";
import { Icon } from "./Icon.tsx";
import { Wordmark } from "./Logo.tsx";
import { Notice } from "./Notice.tsx";
import { ServerBanners } from "./ServerBanners.tsx";

/**
 * A page of settings: what there is on the left, the chosen part on the right. On a phone the
 * list is a page of its own, at `home`.
 */
export function SettingsPage(props: {
  state: State;
  title: string;
  heading: string;
  back: string;
  links: readonly SettingsLink[];
  here: string;
  /** Where the list stands alone on a phone. */
  home: string;
  /** True at `home` itself. */
  index: boolean;
  /** What the search finds beside the links. */
  items?: readonly SettingsItem[];
  note?: FormNote;
  lead?: string;
  children: ComponentChildren;
}) {
  const { server } = props.state;
  return (
    <div class="settings-page">
      <ServerBanners server={server} waiting={props.state.waiting} />
      <div class={props.index ? "settings index" : "settings part"}>
        <nav class="settings-nav" aria-label={props.title}>
          <div class="settings-brand">
            <Wordmark />
          </div>
          <a class="side-row back" href={props.back}>
            <Icon name="back" /> {t("back")}
          </a>
          <p class="settings-title clip">{props.title}</p>
          {props.index && <h1 class="settings-title clip">{props.title}</h1>}
          <SettingsSearch items={itemsOf(props)} />
          <LinkList links={props.links} here={props.here} />
        </nav>
        <div class="settings-main">
          <main id="main" class="settings-body">
            <a class="button quiet small to-list" href={props.home}>
              <Icon name="back" small /> {props.title}
            </a>
            <h1>{props.heading}</h1>
            {props.lead && <p class="lead">{props.lead}</p>}
            {props.note?.saved && (
              <div class="saved" role="status">
                <Icon name="check" small /> {t("saved")}
              </div>
            )}
            {props.note?.error && <Notice kind="error">{props.note.error}</Notice>}
            {props.note?.confirm && (
              <Confirm {...props.note.confirm} back={props.here} server={server} />
            )}
            {props.children}
          </main>
          <SettingsGuard back={props.back} refused={Boolean(props.note?.error)} />
          <SiteFooter server={server} />
        </div>
      </div>
    </div>
  );
}

function LinkList({ links, here }: { links: readonly SettingsLink[]; here: string }) {
  return (
    <ul class="side-list">
      {links.map((link) => (
        <li key={link.href}>
          {link.group && <p class="settings-group label">{link.group}</p>}
          <a
            class={link.href === here ? "side-row here" : "side-row"}
            href={link.href}
            aria-current={link.href === here ? "page" : undefined}
          >
            <Icon name={link.icon} /> <span class="clip grow">{link.label}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The links and what stands on their pages. */
function itemsOf(
  props: { title: string; links: readonly SettingsLink[]; items?: readonly SettingsItem[] },
): SettingsItem[] {
  const links = props.links.map(({ href, label }) => ({ label, href, section: props.title }));
  return [...links, ...props.items ?? []];
}

/** Who it is, once more: by password, code or passkey. What was sent before goes along. */
function Confirm(
  { fields, ways, back, server }: WaitingForm & { back: string; server: State["server"] },
) {
  const { passkey_origin: origin, login_providers: providers } = server;
  const hidden = fields.map(([name, value], i) => (
    <input key={i} type="hidden" name={name} value={value} />
  ));
  const passkey = ways.passkeys > 0 && origin !== null && <PasskeyConfirm origin={origin} />;
  return (
    <section class="card stack confirm-card">
      <div>
        <h2>{t("confirm.title")}</h2>
        <p class="muted">{t("confirm.text")}</p>
      </div>
      {!ways.password && providers.map(({ id, label }) => (
        <p key={id}>
          <a class="button" href={`/oidc/${id}?next=${encodeURIComponent(back)}`}>
            {t("oidc.again", { label })}
          </a>
        </p>
      ))}
      {ways.password && (
        <form method="post" class="stack">
          {hidden}
          <Field
            name="confirm_password"
            type="password"
            label={t("field.password")}
            autocomplete="current-password"
            autofocus
            required
          />
          <div class="row wrap">
            <button class="button primary" type="submit">{t("confirm.submit")}</button>
            <a class="button quiet" href={back}>{t("cancel")}</a>
          </div>
        </form>
      )}
      {passkey && <form method="post">{hidden}{passkey}</form>}
      {ways.totp && (
        <details class="more-options" open={!ways.password}>
          <summary>{t("confirm.codeInstead")}</summary>
          <form method="post" class="stack">
            {hidden}
            <CodeField name="confirm_code" />
            <div>
              <button class="button" type="submit">{t("confirm.submit")}</button>
            </div>
          </form>
        </details>
      )}
    </section>
  );
}
