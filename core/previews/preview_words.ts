/** What is shown of a link at the most, wherever the words come from. */
export const PREVIEW_WORDS = {
  /** Links of one message that get a preview, the first ones. */
  links: 3,
  /** A longer address gets none. */
  urlChars: 2000,
  titleChars: 200,
  descriptionChars: 350,
  siteChars: 60,
} as const;

/** The address of a link as previews are kept under, or undefined where it can have none. */
export function previewAddress(href: string): URL | undefined {
  if (href.length > PREVIEW_WORDS.urlChars || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  url.hash = "";
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && url.href.length <= PREVIEW_WORDS.urlChars ? url : undefined;
}
