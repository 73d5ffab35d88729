import { hueOf, initialsOf } from "../lib/format/initials.ts";
import { thumbnailUrl } from "../lib/format/media_url.ts";
import { t } from "../lib/i18n/t.ts";

export type AvatarSize = "xs" | "s" | "m" | "l" | "xl";
export type PresenceName = "online" | "idle" | "dnd" | "offline";

const PIXELS = { xs: 20, s: 28, m: 34, d: 40, l: 48, xl: 80 } as const;

/** A person's or guild's picture, or initials on one of twelve hues drawn from the id. */
export function Avatar(props: {
  id: string;
  name: string;
  uri: string | null;
  size?: AvatarSize;
  guild?: boolean;
  presence?: PresenceName | undefined;
}) {
  const pixels = PIXELS[props.size ?? "d"];
  const classes = ["avatar", props.size ?? "", props.guild ? "guild" : "", `hue-${hueOf(props.id)}`]
    .filter((name) => name !== "").join(" ");
  return (
    <span class={classes}>
      {props.uri
        ? (
          <img
            src={thumbnailUrl(props.uri, pixels * 2)}
            width={pixels}
            height={pixels}
            alt=""
            loading="lazy"
            decoding="async"
          />
        )
        : <span class="initials" aria-hidden="true" data-initials={initialsOf(props.name)} />}
      {props.presence && (
        <span class={`presence ${props.presence}`}>
          <span class="sr">{t(`presence.${props.presence}`)}</span>
        </span>
      )}
    </span>
  );
}
