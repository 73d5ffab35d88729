import { useRef, useState } from "preact/hooks";
import type { Verification } from "../../../core/e2ee/engine/types.ts";
import { handleOf } from "../../lib/format/names.ts";
import type { RemoteEngine } from "../../lib/e2ee/remote_engine.ts";
import { t } from "../../lib/i18n/t.ts";
import VerifyDialog from "./VerifyDialog.tsx";

/** A device of one's own by its name. */
export interface NamedDevice {
  readonly id: string;
  readonly name: string;
}

/**
 * The verification to be looked at: the one begun here, or one that somebody asks for. One that
 * has ended stays until it is put away, with the reason.
 */
export function Verifications(props: {
  engine: RemoteEngine;
  userId: string;
  devices: readonly NamedDevice[];
  /** What people are called. */
  nameOf?: (userId: string) => string;
}) {
  const { engine, userId } = props;
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const ran = useRef(new Set<string>());
  const all = engine.verifications();
  for (const each of all) if (!isOver(each) && !isShownCode(each)) ran.current.add(each.id);
  const verification = toShow(all.filter(({ id }) => ran.current.has(id) && !away.has(id)));
  if (!verification) return null;
  const own = verification.userId === userId;
  const device = props.devices.find((each) => each.id === verification.deviceId);
  return (
    <VerifyDialog
      key={verification.id}
      engine={engine}
      verification={verification}
      own={own}
      name={own
        ? device?.name ?? t("e2ee.verify.someDevice")
        : (props.nameOf ?? handleOf)(verification.userId)}
      onClose={() => setAway(new Set([...away, verification.id]))}
    />
  );
}

/** The oldest that still runs, else the last that has ended. */
export function toShow(all: readonly Verification[]): Verification | undefined {
  return all.find((each) => !isOver(each)) ?? all.at(-1);
}

/** A code that stands in its own dialog (`ShowCode`) until another device has scanned it. */
export function isShownCode({ phase, byCode, decimals }: Verification): boolean {
  return byCode && phase === "waiting" && decimals === undefined;
}

function isOver({ phase }: Verification): boolean {
  return phase === "done" || phase === "cancelled";
}
