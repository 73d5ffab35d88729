import { useEffect, useState } from "preact/hooks";
import type { GroupDm } from "../../../../core/api/gateway.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { cropSquare, readPicture } from "../../../lib/browser/crop_picture.ts";
import { setDm } from "../../../lib/store/conversations.ts";
import { uploadFile } from "../../../lib/browser/upload.ts";
import { dmName, isGroup } from "../../../lib/format/dm_name.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Avatar } from "../../Avatar.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

/** The middle of the picture, as large as it goes. */
const CENTER = { zoom: 1, x: 0.5, y: 0.5 };
const KINDS = "image/png,image/jpeg,image/webp,image/gif,image/avif";

/** A chosen picture; null takes the present one off, undefined keeps it. */
type Choice = { readonly file: File; readonly url: string } | null | undefined;

/** What a conversation of several is called and looks like: any of its people may change it. */
export default function GroupLook(
  { overlay: { roomId } }: { overlay: Extract<Overlay, { kind: "groupLook" }> },
) {
  const state = useChat();
  const group = state.dms.value.filter(isGroup).find((each) => each.room_id === roomId);
  return (
    <Dialog title={t("group.look")}>
      {group && <LookForm group={group} />}
    </Dialog>
  );
}

function LookForm({ group }: { group: GroupDm }) {
  const state = useChat();
  const [name, setName] = useState(group.name ?? "");
  const [picture, setPicture] = useState<Choice>(undefined);
  const { busy, error, run } = useSubmit();
  useEffect(() => () => {
    if (picture) URL.revokeObjectURL(picture.url);
  }, [picture]);
  const choose = (file: File | undefined) =>
    run(async () => {
      if (!file) return setPicture(undefined);
      const square = await squareOf(file);
      setPicture({ file: square, url: URL.createObjectURL(square) });
    });
  const save = () =>
    run(async () => {
      const icon = picture
        ? (await uploadFile(picture.file, () => undefined, { purpose: "icon" }).done).uri
        : picture;
      const body = {
        name: name.trim() === "" ? null : name.trim(),
        ...(icon === undefined ? {} : { icon }),
      };
      setDm(state, await callApi("updateGroupDm", { params: { room_id: group.room_id }, body }));
      state.overlay.value = null;
    });
  const called = dmName({ ...group, name: null }, state.self.value.user.id);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="field">
        <label for="group-name">{t("group.name")}</label>
        <input
          id="group-name"
          class="input"
          value={name}
          maxLength={100}
          placeholder={called}
          aria-describedby="group-name-hint"
          autofocus
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p class="hint" id="group-name-hint">{t("group.nameHint")}</p>
      </div>
      <PictureChoice
        group={group}
        name={name || called}
        picture={picture}
        onChoose={(file) => void choose(file)}
        onTakeOff={() => setPicture(null)}
      />
      {error && <p class="field-error" role="alert">{error}</p>}
      <button type="submit" class="button primary wide" disabled={busy}>{t("save")}</button>
    </form>
  );
}

function PictureChoice(props: {
  group: GroupDm;
  name: string;
  picture: Choice;
  onChoose: (file: File | undefined) => void;
  onTakeOff: () => void;
}) {
  const { group, picture } = props;
  const shown = picture === null ? null : group.icon;
  return (
    <>
      <div class="row">
        {picture
          ? (
            <span class="avatar l guild">
              <img src={picture.url} width={48} height={48} alt="" />
            </span>
          )
          : <Avatar id={group.room_id} name={props.name} uri={shown} size="l" guild />}
        <div class="field grow">
          <label for="group-picture">{t("group.picture")}</label>
          <input
            id="group-picture"
            class="file-input"
            type="file"
            accept={KINDS}
            onChange={(event) => props.onChoose(event.currentTarget.files?.[0])}
          />
        </div>
      </div>
      {(picture ?? shown) && (
        <div>
          <button type="button" class="button small" onClick={props.onTakeOff}>
            {t("group.pictureOff")}
          </button>
        </div>
      )}
    </>
  );
}

async function squareOf(file: File): Promise<File> {
  const picture = await readPicture(file);
  return picture === undefined ? file : await cropSquare(picture, CENTER);
}
