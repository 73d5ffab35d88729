import { type Key, t } from "../lib/i18n/t.ts";
import { type Theme, THEMES } from "../lib/look.ts";
import { Icon, type IconName } from "./Icon.tsx";

const CARDS: Readonly<Record<Theme, readonly [IconName, Key]>> = {
  auto: ["screen", "appearance.auto"],
  light: ["sun", "appearance.light"],
  dark: ["moon", "appearance.dark"],
  "contrast-light": ["contrast", "appearance.contrastLight"],
  "contrast-dark": ["contrast", "appearance.contrastDark"],
};

/** A small picture of each theme, to choose one. */
export function ThemeCards({ chosen }: { chosen: Theme }) {
  return (
    <fieldset class="theme-cards">
      <legend class="sr">{t("appearance.theme")}</legend>
      {THEMES.map((theme) => (
        <label key={theme} class="theme-card">
          <input type="radio" name="theme" value={theme} checked={theme === chosen} />
          <span class={`theme-sample ${theme}`} aria-hidden="true">
            <span class="sample-side" />
            <span class="sample-main">
              <i />
              <i />
              <b />
            </span>
          </span>
          <span class="row-tight strong">
            <Icon name={CARDS[theme][0]} /> {t(CARDS[theme][1])}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
