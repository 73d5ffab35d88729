import { colorRule } from "../format/role_color.ts";
import type { ChatState } from "../store/chat.ts";

let sheet: CSSStyleSheet | undefined;
const known = new Set<string>();

/** Adds rules for colors of roles that the page did not come with. */
export function keepColors(state: ChatState): void {
  for (const guild of state.guilds.value) {
    for (const role of guild.roles) {
      if (role.color === null || known.has(role.color)) continue;
      known.add(role.color);
      if (!sheet) {
        sheet = new CSSStyleSheet();
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      }
      const rule = colorRule(role.color);
      if (rule !== "") sheet.insertRule(rule);
    }
  }
}
