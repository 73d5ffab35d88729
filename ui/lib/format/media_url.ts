/** `mxc://server/id` -> path of this server's client API; undefined where it is no such URI. */
function mediaPath(uri: string): string | undefined {
  const match = /^mxc:\/\/([^/?#]+)\/([0-9A-Za-z_-]+)$/.exec(uri);
  if (!match?.[1] || !match[2]) return undefined;
  return `/client/v1/media/${encodeURIComponent(match[1])}/${match[2]}`;
}

export function mediaUrl(uri: string, options: { download?: boolean } = {}): string {
  return (mediaPath(uri) ?? "about:blank") + (options.download ? "?download=1" : "");
}

/** A picture that fills a square of `pixels`, or `pixels` by `height`. */
export function thumbnailUrl(uri: string, pixels: number, height = pixels): string {
  const path = mediaPath(uri);
  return path ? `${path}/thumbnail?width=${pixels}&height=${height}` : "about:blank";
}

export function previewPictureUrl(id: string): string {
  return `/client/v1/previews/${encodeURIComponent(id)}/picture`;
}
