import { formatDuration } from "../../lib/format/duration.ts";
import { memberName, nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { placeKey, type TalkPlace } from "../../lib/store/place.ts";
import { useChat } from "./chat_context.ts";

/** Who is writing, at most three by name. The line keeps its height when nobody is. */
export function TypingLine(
  { place, slowModeS, slowLeftS }: { place: TalkPlace; slowModeS: number; slowLeftS: number },
) {
  const state = useChat();
  const now = state.now.value;
  const typists = (state.typing.value.get(placeKey(place)) ?? [])
    .filter((typist) => typist.until > now && !state.isBlocked(typist.user.id))
    .map(({ user }) => {
      const member = place.kind === "channel" ? state.memberOf(place.guildId, user.id) : undefined;
      return member ? memberName(member) : nameOf(user);
    });
  const text = typists.length === 0
    ? ""
    : typists.length === 1
    ? t("typing.one", { a: typists[0] ?? "" })
    : typists.length === 2
    ? t("typing.two", { a: typists[0] ?? "", b: typists[1] ?? "" })
    : typists.length === 3
    ? t("typing.three", { a: typists[0] ?? "", b: typists[1] ?? "", c: typists[2] ?? "" })
    : t("typing.many");
  return (
    <div class="typing">
      {text !== "" && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class="clip">{text}</span>
        </>
      )}
      <span class="grow" />
      {slowModeS > 0 && (
        <span class="nowrap">
          {slowLeftS > 0
            ? t("composer.slowLeft", { time: formatDuration(slowLeftS) })
            : t("composer.slow", { n: slowModeS })}
        </span>
      )}
    </div>
  );
}
