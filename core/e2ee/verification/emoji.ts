/** One of the 64 signs that people compare: a picture and the word for it. */
export interface SasEmoji {
  readonly emoji: string;
  readonly name: string;
}

/** 64 pictures that look different everywhere; the same as Matrix uses. The order is the code. */
const PICTURES =
  "🐶 🐱 🦁 🐎 🦄 🐷 🐘 🐰 🐼 🐓 🐧 🐢 🐟 🐙 🦋 🌷 🌳 🌵 🍄 🌏 🌙 ☁️ 🔥 🍌 🍎 🍓 🌽 🍕 🎂 ❤️ " +
  "😀 🤖 🎩 👓 🔧 🎅 👍 ☂️ ⌛ ⏰ 🎁 💡 📕 ✏️ 📎 ✂️ 🔒 🔑 🔨 ☎️ 🏁 🚂 🚲 ✈️ 🚀 🏆 ⚽ 🎸 🎺 🔔 ⚓ 🎧 📁 📌";
const NAMES = "Dog,Cat,Lion,Horse,Unicorn,Pig,Elephant,Rabbit,Panda,Rooster,Penguin,Turtle,Fish," +
  "Octopus,Butterfly,Flower,Tree,Cactus,Mushroom,Globe,Moon,Cloud,Fire,Banana,Apple,Strawberry," +
  "Corn,Pizza,Cake,Heart,Smiley,Robot,Hat,Glasses,Wrench,Santa,Thumbs up,Umbrella,Hourglass," +
  "Clock,Gift,Light bulb,Book,Pencil,Paper clip,Scissors,Lock,Key,Hammer,Telephone,Flag,Train," +
  "Bicycle,Airplane,Rocket,Trophy,Ball,Guitar,Trumpet,Bell,Anchor,Headphones,Folder,Pin";

const names = NAMES.split(",");
export const SAS_EMOJI: readonly SasEmoji[] = PICTURES.split(" ")
  .map((emoji, at) => ({ emoji, name: names[at] as string }));
