/** What a browser answers to an offer of ours: the other end of each part. */
export function answerTo(
  offer: string,
  options: { readonly fingerprint?: string; readonly setup?: string } = {},
): string {
  const turned: Record<string, string> = { sendonly: "recvonly", recvonly: "sendonly" };
  const { fingerprint, setup = "active" } = options;
  return offer.split("\r\n")
    .filter((line) => !/^a=(ssrc|msid|candidate|ice-lite|end-of)/.test(line))
    .map((line) => line.replace(/^a=(sendonly|recvonly)$/, (_, way) => `a=${turned[way]}`))
    .map((line) => line.replace(/^(a=rid:\S+|a=simulcast:)( ?)recv/, "$1$2send"))
    .map((line) => line.replace("setup:actpass", `setup:${setup}`))
    .map((line) =>
      fingerprint === undefined
        ? line
        : line.replace(/^a=fingerprint:.*$/, `a=fingerprint:sha-256 ${fingerprint}`)
    )
    .join("\r\n");
}
