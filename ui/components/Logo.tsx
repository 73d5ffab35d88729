/** Six seats around a table, one of them open: the mark of OpenGuild. */
export function Logo({ turning }: { turning?: boolean }) {
  return (
    <svg
      class={turning ? "logo spinner" : "logo"}
      viewBox="0 0 32 32"
      fill="none"
      stroke-width="5.6"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <circle
        class="seat"
        cx="16"
        cy="16"
        r="11.5"
        stroke-dasharray="3.6 8.443 3.600 8.443 3.600 8.443 3.600 8.443 3.600 20.486"
        transform="rotate(-39 16 16)"
      />
      <circle
        class="open"
        cx="16"
        cy="16"
        r="11.5"
        stroke-dasharray="3.6 68.657"
        transform="rotate(-99 16 16)"
      />
    </svg>
  );
}

export function Wordmark({ name }: { name?: string }) {
  return (
    <a class="wordmark" href="/">
      <Logo />
      <span>{name ?? "OpenGuild"}</span>
    </a>
  );
}
