import { defineSection } from "../section.ts";
import { bytes, choice, duration, text, webAddress } from "../setting.ts";

export const mediaSection = defineSection({
  name: "media",
  doc: "What people may upload.",
  settings: {
    maxUpload: bytes({ fallback: "25 MiB", doc: "The largest file." }),
    userQuota: bytes({ fallback: "1 GiB", doc: "What one account may keep in all." }),
    scanCommand: text({
      doc:
        "A program that gets each upload on its standard input: exit code 0 accepts, 1 refuses, anything else is a failure.",
    }),
    scanUrl: webAddress({
      doc: "An address that gets each upload as a POST: 200 accepts, 406 refuses.",
    }),
    scanFailure: choice({
      of: ["refuse", "accept"],
      fallback: "refuse",
      doc: "What happens to an upload that could not be scanned.",
    }),
    scanTimeout: duration({ fallback: "30s", doc: "A scan that takes longer has failed." }),
  },
});
