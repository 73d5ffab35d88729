import { useEffect, useState } from "preact/hooks";
import type { Delivery } from "../../../../core/api/delivery.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import type { CallResult } from "../../../lib/api/types.ts";
import { serverOf } from "../../../lib/format/names.ts";
import { formatNear } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Icon, type IconName } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

const ICONS: Readonly<Record<Delivery["state"], IconName>> = {
  has: "check",
  waiting: "clock",
  away: "warning",
};

/** Which servers have a message, and whose people may not see it yet. */
export default function WhereItIs(
  { overlay }: { overlay: Extract<Overlay, { kind: "whereItIs" }> },
) {
  const { message } = overlay;
  const [found, setFound] = useState<CallResult<"getDelivery"> | undefined>(undefined);
  const { busy, error, run } = useSubmit();
  const read = () =>
    run(async () =>
      setFound(
        await callApi("getDelivery", {
          params: { room_id: message.room_id, event_id: message.id },
        }),
      )
    );
  useEffect(() => void read(), []);
  return (
    <Dialog title={t("where.title")}>
      {error && <p class="field-error" role="alert">{error}</p>}
      {found && <Servers found={found} author={message.author.id} />}
      <div class="row end">
        <button type="button" class="button" disabled={busy} onClick={read}>
          <Icon name="retry" small /> {t("where.again")}
        </button>
      </div>
    </Dialog>
  );
}

function Servers(props: { found: CallResult<"getDelivery">; author: string }) {
  const { servers, origin } = props.found;
  if (servers === null) {
    return <p>{t("where.foreign", { server: serverOf(props.author) })}</p>;
  }
  if (servers.length === 0) return <p>{t("where.alone", { server: origin })}</p>;
  const has = servers.filter((server) => server.state === "has").length;
  return (
    <>
      <p>{t("where.count", { n: has, all: servers.length })}</p>
      <ul class="where-list">
        {servers.map((server) => <ServerRow key={server.server} delivery={server} />)}
      </ul>
    </>
  );
}

function ServerRow({ delivery }: { delivery: Delivery }) {
  const state = useChat();
  return (
    <li class={`where-row ${delivery.state}`}>
      <Icon name={ICONS[delivery.state]} />
      <span class="grow clip">
        <span class="strong clip block">{delivery.server}</span>
        <span class="tiny faint block">{t("where.readers", { n: delivery.readers })}</span>
      </span>
      <span class="small">
        {delivery.state === "has"
          ? t("where.has")
          : delivery.state === "waiting"
          ? t("where.waiting")
          : delivery.since_ts === null
          ? t("where.unreached")
          : t("where.away", {
            when: formatNear(delivery.since_ts, state.now.value, state.timeZone.value),
          })}
      </span>
    </li>
  );
}
