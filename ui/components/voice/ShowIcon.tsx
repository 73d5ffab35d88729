/** Icons of screens and cameras, drawn as those of `Icon.tsx`, which every page has. */
const PATHS = {
  screen: "M4 5h16v11H4ZM9 20h6M12 16v4",
  screen_off: "M4 5h16v11H4ZM9 20h6M12 16v4M4 4l16 16",
  camera: "M4 7h11v10H4ZM15 11l5-3v8l-5-3Z",
  camera_off: "M4 7h11v10H4ZM15 11l5-3v8l-5-3ZM4 4l16 16",
  large: "M4 5h16v9H4ZM4 18h4M10 18h4M16 18h4",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  float: "M20 10V5H4v14h7M13 13h7v6h-7Z",
} as const;

export function ShowIcon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
