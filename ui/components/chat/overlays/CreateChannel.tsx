import { useState } from "preact/hooks";
import type { Channel } from "../../../../core/api/channel.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { openPlace } from "../../../lib/browser/history.ts";
import { privacyOf } from "../../../lib/browser/privacy.ts";
import type { Privacy } from "../../../lib/e2ee/privacy.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { ChatState, Overlay } from "../../../lib/store/chat.ts";
import { placeOfChannel } from "../../../lib/store/place.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

type Kind = "text" | "voice" | "category";

export default function CreateChannel(
  { overlay }: { overlay: Extract<Overlay, { kind: "createChannel" }> },
) {
  const state = useChat();
  const [kind, setKind] = useState<Kind>("text");
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [isPrivate, setPrivate] = useState(false);
  const [encrypt, setEncrypt] = useState(state.server.encrypts_automatically);
  const { busy, error, run } = useSubmit();
  const create = () =>
    run(async () => {
      const { guildId } = overlay;
      const seals = kind === "text" && isPrivate && encrypt;
      // What cannot be encrypted is not made readable instead, unless that is chosen.
      const privacy = seals ? await readyToEncrypt(state) : undefined;
      const channel = await callApi("createChannel", {
        body: bodyOf(overlay, { kind, name, topic, isPrivate }),
      });
      addChannel(state, guildId, channel);
      // Before anybody else is in it.
      await privacy?.beginnings.begin({ kind: "channel", channel });
      state.overlay.value = null;
      const guild = state.guilds.value.find((entry) => entry.id === guildId);
      if (guild && channel.kind === "text") openPlace(state, placeOfChannel(guild, channel));
    });
  return (
    <Dialog title={t("channel.create")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <KindChoice kind={kind} onChange={setKind} />
        <div class="field">
          <label for="channel-name">{t("channel.name")}</label>
          <input
            id="channel-name"
            class="input"
            value={name}
            maxLength={100}
            required
            autofocus
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        {kind === "text" && (
          <TextOptions
            topic={topic}
            onTopic={setTopic}
            isPrivate={isPrivate}
            onPrivate={setPrivate}
            encrypt={encrypt}
            onEncrypt={setEncrypt}
          />
        )}
        {error && <p class="field-error" role="alert">{error}</p>}
        <button type="submit" class="button primary wide" disabled={busy || name.trim() === ""}>
          {t("channel.create")}
        </button>
      </form>
    </Dialog>
  );
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const kinds = [["text", "hash"], ["voice", "voice"], ["category", "list"]] as const;
  return (
    <fieldset>
      <legend class="sr">{t("channel.kind")}</legend>
      <div class="segmented">
        {kinds.map(([value, icon]) => (
          <label key={value}>
            <input
              type="radio"
              name="kind"
              value={value}
              checked={kind === value}
              onChange={() => onChange(value)}
            />
            <span>
              <Icon name={icon} small /> {t(`channel.kind.${value}`)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function bodyOf(
  { guildId, parent }: { readonly guildId: string; readonly parent: string | null },
  chosen: { kind: Kind; name: string; topic: string; isPrivate: boolean },
) {
  const { kind, name, topic, isPrivate } = chosen;
  return {
    guild_id: guildId,
    kind,
    name: name.trim(),
    private: kind === "text" && isPrivate,
    ...(topic.trim() === "" ? {} : { topic: topic.trim() }),
    ...(parent === null || kind === "category" ? {} : { parent }),
  };
}

/** Makes this browser a device, or throws why it cannot be one. */
async function readyToEncrypt(state: ChatState): Promise<Privacy> {
  const privacy = await privacyOf(state);
  const lack = await privacy.lackOf();
  if (lack === undefined && await privacy.becomeDevice()) return privacy;
  const reason = lack === undefined ? t("sealed.unapproved") : t(`sealed.lack.${lack}`);
  throw new Error(t("channel.cannotEncrypt", { reason }));
}

function addChannel(state: ChatState, guildId: string, channel: Channel): void {
  state.guilds.value = state.guilds.value.map((guild) => {
    if (guild.id !== guildId) return guild;
    const others = guild.channels.filter((held) =>
      held.id !== channel.id || held.room_id !== channel.room_id
    );
    return { ...guild, channels: [...others, channel] };
  });
}

function TextOptions(props: {
  topic: string;
  onTopic: (topic: string) => void;
  isPrivate: boolean;
  onPrivate: (isPrivate: boolean) => void;
  encrypt: boolean;
  onEncrypt: (encrypt: boolean) => void;
}) {
  return (
    <>
      <div class="field">
        <label for="channel-topic">{t("channel.topic")}</label>
        <input
          id="channel-topic"
          class="input"
          value={props.topic}
          maxLength={1024}
          onInput={(event) => props.onTopic(event.currentTarget.value)}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={props.isPrivate}
          onChange={(event) => props.onPrivate(event.currentTarget.checked)}
        />
        <span>
          <span class="strong">{t("channel.private")}</span>
          <span class="hint">{t("channel.privateHint")}</span>
        </span>
      </label>
      {props.isPrivate && (
        <label class="check">
          <input
            type="checkbox"
            checked={props.encrypt}
            onChange={(event) => props.onEncrypt(event.currentTarget.checked)}
          />
          <span>
            <span class="strong">{t("channel.encrypt")}</span>
            <span class="hint">{t("channel.encryptHint")}</span>
          </span>
        </label>
      )}
    </>
  );
}
