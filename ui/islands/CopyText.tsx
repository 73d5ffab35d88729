import { CopyButton } from "../components/chat/CopyButton.tsx";

/** Copies a text of a server-rendered page. */
export default function CopyText({ text }: { text: string }) {
  return (
    <span class="copy">
      <CopyButton text={text} />
    </span>
  );
}
