import { noticesOn } from "../notices.ts";
import type { MessageRef } from "./preview_rows.ts";

/** What is shown of a message's links has changed: every process tells its readers. */
export const { publish: publishPreviewNotice, subscribe: subscribePreviewNotices } = noticesOn<
  MessageRef
>("og.preview");
