import { defineSection } from "../section.ts";
import { bytes, choice, duration, list, text, webAddress } from "../setting.ts";

export const mediaSection = defineSection({
  name: "media",
  doc: "What people may upload.",
  settings: {
    maxUpload: bytes({ fallback: "25 MiB", doc: "The largest file." }),
    userQuota: bytes({
      fallback: "1 GiB",
      doc: "What one account may keep in all; `0` for no limit.",
    }),
    unusedKept: duration({
      fallback: "24h",
      doc: "How long an upload is kept that no message, profile, icon or emoji uses.",
    }),
    inlineTypes: list({
      fallback: [
        "image/jpeg, image/png, image/webp, image/gif, image/avif",
        "video/mp4, video/quicktime, video/webm",
        "audio/mpeg, audio/mp4, audio/x-m4a, audio/ogg, audio/aac, audio/wav, audio/flac",
      ].join(", "),
      doc: "Types that are shown in place; every other file is only ever saved. " +
        "Types are told from the bytes.",
    }),
    remoteMax: bytes({
      fallback: "100 MiB",
      doc: "The largest file of another server that is fetched.",
    }),
    remoteQuota: bytes({
      fallback: "5 GiB",
      doc: "What copies of other servers' files may take in all; the longest unused go first.",
    }),
    remoteKept: duration({
      fallback: "30d",
      doc: "How long a copy that nobody asks for is kept; it is fetched again when needed.",
    }),
    refusedTypes: list({ doc: "Types that are not taken at all." }),
    scanCommand: text({
      doc:
        "A program that gets each upload on its standard input: exit code 0 accepts, 1 refuses, anything else is a failure. Arguments follow after spaces.",
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
