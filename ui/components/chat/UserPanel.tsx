import { callApi, expectLogout, reasonOf } from "../../lib/browser/browser_api.ts";
import { showToast } from "../../lib/browser/toast.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { Menu, MenuButton, MenuLink } from "./Menu.tsx";
import { withTexts } from "../../lib/i18n/later.ts";

const CHOICES = ["online", "idle", "dnd", "invisible"] as const;

/** Who one is here, how one appears, and the way to the settings. */
export function UserPanel() {
  const state = useChat();
  const { user, presence, admin } = state.self.value;
  const choose = async (choice: (typeof CHOICES)[number]) => {
    const before = state.self.value;
    state.self.value = { ...before, presence: choice };
    try {
      state.self.value = await callApi("setPresence", { body: { presence: choice } });
    } catch (error) {
      state.self.value = before;
      showToast(state, reasonOf(error), true);
    }
  };
  return (
    <section class="me" aria-label={t("me.label")}>
      <a class="me-card grow" href="/settings/profile" title={t("settings.profile")}>
        <Avatar
          id={user.id}
          name={nameOf(user)}
          uri={user.avatar}
          size="m"
          presence={state.presenceOf(user.id)}
        />
        <span class="grow clip">
          <span class="clip block strong">{nameOf(user)}</span>
          <span class="clip block tiny faint">
            {user.status ?? t(`presence.${presence}`)}
          </span>
        </span>
      </a>
      <Menu label={t("me.menu")} icon="settings" up>
        {CHOICES.map((choice) => (
          <MenuButton
            key={choice}
            icon={<PresenceMark choice={choice} />}
            onClick={() => choose(choice)}
          >
            {t(`presence.${choice}`)}
            {presence === choice && <Icon name="check" small />}
          </MenuButton>
        ))}
        <QuietSlot />
        <hr />
        <MenuLink icon="settings" href="/settings">{t("settings.title")}</MenuLink>
        <MenuLink icon="moon" href="/settings/appearance">{t("settings.appearance")}</MenuLink>
        {admin && <MenuLink icon="shield" href="/admin">{t("admin.title")}</MenuLink>}
        <hr />
        <form method="post" action="/logout" onSubmit={(event) => clearFirst(event, user.id)}>
          <button type="submit" role="menuitem" tabIndex={-1} class="menu-item">
            <Icon name="leave" />
            <span>{t("me.logout")}</span>
          </button>
        </form>
      </Menu>
    </section>
  );
}

/** As others see it beside one's picture. */
function PresenceMark({ choice }: { choice: (typeof CHOICES)[number] }) {
  return (
    <span class="menu-mark" aria-hidden="true">
      <span class={`presence ${choice === "invisible" ? "offline" : choice}`} />
    </span>
  );
}

/** Being told of nothing for a while; its script comes as the menu is opened. */
function QuietSlot() {
  const Items = useLazy(true, () => import("./QuietItems.tsx"));
  return Items ? <Items /> : null;
}

/** Nothing that was kept in this browser outlives the session. */
async function clearFirst(event: Event, userId: string) {
  const form = event.currentTarget as HTMLFormElement;
  event.preventDefault();
  try {
    const { forgetHere } = await withTexts(import("../../lib/browser/forget_here.ts"));
    if (!await forgetHere(userId)) return;
  } catch {
    // Where no database can be opened nothing was kept.
  }
  expectLogout();
  form.submit();
}
