import { useState } from "preact/hooks";
import type { User } from "../../core/api/user.ts";
import { AvatarCrop } from "../components/AvatarCrop.tsx";
import { Avatar } from "../components/Avatar.tsx";
import { Field } from "../components/Field.tsx";
import { Area, SaveButton, Select } from "../components/FormParts.tsx";
import type { DrawMention } from "../components/chat/MarkdownText.tsx";
import { useLazy } from "../lib/browser/use_lazy.ts";
import { handleOf, localPart } from "../lib/format/names.ts";
import { t } from "../lib/i18n/t.ts";

/** How long a status may be meant for, in milliseconds. */
const CLEAR_AFTER = [1_800_000, 3_600_000, 14_400_000, 86_400_000, 604_800_000] as const;

/** The fields of a profile beside the card that others will see. Without scripts: a form. */
export default function ProfileForm({ user, goes }: {
  user: User;
  /** "in 20 minutes": when the status goes by itself. */
  goes: string | null;
}) {
  const [typed, setTyped] = useState({
    display_name: user.display_name ?? "",
    status: user.status ?? "",
    bio: user.bio ?? "",
  });
  const [picture, setPicture] = useState<string | undefined>(undefined);
  const onInput = (event: Event) => {
    const field = event.target as HTMLInputElement | HTMLTextAreaElement;
    // Several fields can change before the next drawing, when a refused form is filled in again.
    if (field.name in typed) setTyped((now) => ({ ...now, [field.name]: field.value }));
  };
  const onReset = () =>
    setTyped({
      display_name: user.display_name ?? "",
      status: user.status ?? "",
      bio: user.bio ?? "",
    });
  return (
    <form
      class="profile-form"
      method="post"
      encType="multipart/form-data"
      data-guard=""
      onInput={onInput}
      onReset={onReset}
    >
      <input type="hidden" name="act" value="save" />
      <div class="stack">
        <Field
          name="display_name"
          label={t("profile.displayName")}
          value={typed.display_name}
          maxlength={64}
        />
        <AvatarCrop onPicture={setPicture} />
        <Field
          name="status"
          label={t("profile.status")}
          value={typed.status}
          maxlength={128}
          placeholder={t("profile.statusPlaceholder")}
        />
        <Select
          name="clear_after"
          label={t("profile.clearAfter")}
          value={goes === null ? "never" : "keep"}
          options={[
            ...(goes === null ? [] : [["keep", goes] as const]),
            ["never", t("profile.clearNever")],
            ...CLEAR_AFTER.map((ms) => [String(ms), t(`profile.clear${ms}`)] as const),
          ]}
        />
        <Area
          name="bio"
          label={t("profile.bio")}
          value={user.bio ?? ""}
          maxlength={500}
          hint={t("profile.bioHint")}
        />
        <SaveButton />
      </div>
      <Card user={user} typed={typed} picture={picture} />
    </form>
  );
}

function Card(props: {
  user: User;
  typed: { display_name: string; status: string; bio: string };
  picture: string | undefined;
}) {
  const { user, typed } = props;
  const name = typed.display_name.trim() || localPart(user.id);
  return (
    <aside class="profile-preview card" aria-label={t("profile.preview")}>
      <div class="profile-top hue-banner" />
      <div class="profile">
        {props.picture === undefined
          ? <Avatar id={user.id} name={name} uri={user.avatar} size="xl" />
          : (
            <span class="avatar xl">
              <img src={props.picture} width={80} height={80} alt="" />
            </span>
          )}
        <p class="strong big break">{name}</p>
        <p class="small muted break">{handleOf(user.id)}</p>
        {typed.status.trim() && <p class="profile-status break">{typed.status}</p>}
        {typed.bio.trim() && <Bio text={typed.bio} />}
      </div>
    </aside>
  );
}

/** As the card draws it, once what reads it is there. */
function Bio({ text }: { text: string }) {
  const Text = useLazy(true, () => import("../components/chat/MarkdownText.tsx"));
  return (
    <div class="profile-bio break">
      {Text ? <Text source={text} mention={written} /> : text}
    </div>
  );
}

/** No guild gives it names or pictures here. */
function written(token: Parameters<DrawMention>[0]): string {
  if (token.kind === "emoji") return `:${token.name}:`;
  if (token.kind === "everyone") return "@everyone";
  return token.kind === "user" ? handleOf(token.id) : token.id;
}
