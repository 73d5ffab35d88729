import {
  type MessageFormatElement,
  parse,
  type PluralElement,
  type SelectElement,
  TYPE,
} from "@formatjs/icu-messageformat-parser";
import type { Message, Part } from "./message.ts";

/**
 * ICU MessageFormat -> the form `formatMessage` takes. Throws on what is no valid message, and on
 * what it does not take: tags, plural offsets, and the formats `number`, `date` and `time` (such
 * values are put into words by lib/format before they come here).
 */
export function compileMessage(text: string): Message {
  return join(parse(text, { ignoreTag: true, requiresOtherClause: true }));
}

function join(elements: readonly MessageFormatElement[]): Message {
  const parts = elements.map(compileElement);
  if (parts.length === 0) return "";
  const [only] = parts;
  return parts.length === 1 && typeof only === "string" ? only : parts;
}

function compileElement(element: MessageFormatElement): Part {
  switch (element.type) {
    case TYPE.literal:
      return element.value;
    case TYPE.argument:
      return [element.value];
    case TYPE.pound:
      return 0;
    case TYPE.select:
      return [element.value, "s", compileOptions(element)];
    case TYPE.plural:
      if (element.offset !== 0) throw new Error(`{${element.value}}: offsets are not taken.`);
      return [
        element.value,
        element.pluralType === "ordinal" ? "o" : "p",
        compileOptions(element),
      ];
    default:
      throw new Error(`Only {name}, plural, selectordinal and select are taken.`);
  }
}

function compileOptions(element: SelectElement | PluralElement): Record<string, Message> {
  return Object.fromEntries(
    Object.entries(element.options).map(([key, option]) => [key, join(option.value)]),
  );
}
