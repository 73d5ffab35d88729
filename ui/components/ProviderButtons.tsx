import { t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { Icon } from "./Icon.tsx";

/** Links to the outside providers that people may sign in through. */
export function ProviderButtons({ state, next }: { state: State; next: string }) {
  const { login_providers: providers } = state.server;
  if (providers.length === 0) return null;
  return (
    <div class="stack">
      {providers.map(({ id, label }) => (
        <a key={id} class="button wide" href={`/oidc/${id}?next=${encodeURIComponent(next)}`}>
          <Icon name="globe" /> {t("oidc.login", { label })}
        </a>
      ))}
    </div>
  );
}
