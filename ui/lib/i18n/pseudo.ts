import type { Message, Part } from "./message.ts";

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const OTHER = "áƀćđéƒǵĥíĵķĺḿńóṕɋŕśťúṽŵẋýźÁƁĆĐÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼŴẊÝŹ";
const letters = new Map([...PLAIN].map((plain, i) => [plain, [...OTHER][i] ?? plain]));

function disguise(text: string): string {
  return [...text].map((char) => letters.get(char) ?? char).join("");
}

function pseudoPart(part: Part): Part {
  if (typeof part === "string") return disguise(part);
  if (part === 0 || part.length === 1) return part;
  const [name, kind, options] = part;
  return [
    name,
    kind,
    Object.fromEntries(
      Object.entries(options).map(([key, option]) => [key, pseudoMessage(option)]),
    ),
  ];
}

/** A message with every letter exchanged; places and choices stay. */
export function pseudoMessage(message: Message): Message {
  return typeof message === "string" ? disguise(message) : message.map(pseudoPart);
}
