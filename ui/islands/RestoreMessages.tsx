import { useEffect } from "preact/hooks";
import GetMessages from "../components/encryption/GetMessages.tsx";
import { EngineTrouble } from "../components/encryption/EngineTrouble.tsx";
import { Verifications } from "../components/encryption/Verifications.tsx";
import type { Owner } from "../lib/encryption/owner.ts";
import type { SlotKind } from "../lib/encryption/recovery.ts";
import { untilDone } from "../lib/browser/until_done.ts";
import { makeDevice } from "../lib/e2ee/begin.ts";
import { useEngine } from "../lib/encryption/use_engine.ts";
import { t } from "../lib/i18n/t.ts";

/** On a new device: the ways to the messages of the account, until they are here. */
export default function RestoreMessages(props: {
  owner: Owner;
  slots: readonly SlotKind[];
  others: boolean;
  next: string;
}) {
  const { owner } = props;
  const seen = useEngine(owner.userId, { live: true });
  const { engine } = seen;
  const phase = engine?.state()?.phase;
  useEffect(() => {
    // The other devices see this one, and can be asked, once it is on the list.
    if (!engine || phase !== "new") return;
    const ending = new AbortController();
    void untilDone(() => makeDevice(engine), ending);
    return () => ending.abort();
  }, [engine, phase]);
  if (!engine || phase === undefined || phase === "new") {
    return <EngineTrouble seen={seen} waiting={t("e2ee.setup.working")} />;
  }
  return (
    <>
      <GetMessages
        seen={{ ...seen, engine }}
        userId={owner.userId}
        slots={props.slots}
        others={props.others}
        next={props.next}
      />
      <Verifications engine={engine} userId={owner.userId} devices={[]} />
    </>
  );
}
