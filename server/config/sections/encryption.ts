import { defineSection } from "../section.ts";
import { bytes, yesNo } from "../setting.ts";

export const encryptionSection = defineSection({
  name: "encryption",
  doc: "End-to-end encrypted conversations.",
  settings: {
    automatic: yesNo({
      fallback: "true",
      doc:
        "Whether conversations are encrypted without anybody asking for it: when a request is accepted and at the next message of either side, once both have a device; until then they go as before, and say so. New private channels are offered encrypted. Off, people begin it themselves.",
    }),
    backupSize: bytes({
      fallback: "64 MiB",
      doc:
        "What the encrypted backup of one account may take: keys, not messages, so that this is enough for several hundred thousand messages. A backup that is being written anew takes as much once more meanwhile.",
    }),
  },
});
