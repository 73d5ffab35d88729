import { eventId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { flag, type Infer, object } from "./shape.ts";

const content = object({ event_id: eventId, on: flag });
export type PinContent = Infer<typeof content>;

/** Pins a message or takes the pin off; the last in timeline order wins. PROTOCOL.md 7. */
export const pinKind = defineKind<PinContent>({
  type: "m.pin",
  plane: "timeline",
  stateKey: "none",
  authority: false,
  content,
  fields: "`event_id`, `on`",
  right: "PIN",
});
