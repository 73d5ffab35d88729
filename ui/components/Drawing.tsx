export type DrawingName = "table" | "quiet" | "door" | "letter" | "lost" | "seats";

const SEATS = [0, 60, 120, 180, 240, 300];

/** Small drawings for front pages and empty rooms, in the colors of the theme. */
export function Drawing({ name }: { name: DrawingName }) {
  const Body = BODIES[name];
  return (
    <svg class={`drawing ${name}`} viewBox="0 0 240 180" aria-hidden="true">
      <Body />
    </svg>
  );
}

function person(angle: number, radius: number) {
  const turn = (angle - 90) * Math.PI / 180;
  return { x: 120 + radius * Math.cos(turn), y: 90 + radius * 0.86 * Math.sin(turn) };
}

function Table() {
  return (
    <>
      <ellipse class="soft" cx="120" cy="94" rx="112" ry="82" />
      <ellipse class="paper line" cx="120" cy="90" rx="50" ry="40" />
      {SEATS.map((angle, i) => {
        const { x, y } = person(angle, 78);
        return i === 1
          ? (
            <g key={angle}>
              <circle class="call" cx={x} cy={y} r="15" />
              <path
                d={`M${x - 5} ${y}h10M${x} ${y - 5}v10`}
                stroke="var(--on-call)"
                stroke-width="2.5"
                stroke-linecap="round"
              />
            </g>
          )
          : (
            <g key={angle}>
              <circle class="paper line" cx={x} cy={y} r="15" />
              <path
                class="line"
                d={`M${x - 5} ${y + 4}q5 4 10 0M${x - 4.500} ${y - 3}v.5M${x + 4.500} ${y - 3}v.5`}
              />
            </g>
          );
      })}
      <path class="line" d="M104 84h24M104 94h14" />
      <path class="call-line" d="M132 96l8 0" />
    </>
  );
}

function Quiet() {
  return (
    <>
      <ellipse class="soft" cx="120" cy="120" rx="96" ry="44" />
      <path
        class="paper line"
        d="M62 48h104a14 14 0 0 1 14 14v42a14 14 0 0 1-14 14h-62l-26 22v-22h-16a14 14 0 0 1-14-14V62a14 14 0 0 1 14-14Z"
      />
      <path class="line" d="M76 74h66M76 92h40" />
      <circle class="call" cx="180" cy="50" r="13" />
    </>
  );
}

function Door() {
  return (
    <>
      <ellipse class="soft" cx="120" cy="148" rx="92" ry="18" />
      <path class="line" d="M72 148V66a48 48 0 0 1 96 0v82" />
      <path class="paper line" d="M92 148V70a28 28 0 0 1 46-21.500V148Z" />
      <path class="call" d="M138 60 166 50v98h-28Z" opacity=".85" />
      <circle class="fill" cx="128" cy="104" r="3.500" />
      <path class="line" d="M48 148h144" />
    </>
  );
}

function Letter() {
  return (
    <>
      <ellipse class="soft" cx="120" cy="142" rx="90" ry="20" />
      <path class="paper line" d="M50 66l70-36 70 36v68a8 8 0 0 1-8 8H58a8 8 0 0 1-8-8Z" />
      <path class="line" d="M50 68l70 44 70-44" />
      <circle class="call" cx="120" cy="62" r="15" />
      <path
        d="M120 55v14M113 62h14"
        stroke="var(--on-call)"
        stroke-width="2.500"
        stroke-linecap="round"
      />
    </>
  );
}

function Lost() {
  return (
    <>
      <ellipse class="soft" cx="120" cy="140" rx="96" ry="24" />
      <path class="line" d="M120 140V46" />
      <path class="paper line" d="M120 50h56l14 13-14 13h-56Z" />
      <path class="paper line" d="M120 84H70l-14 12 14 12h50Z" />
      <circle class="call" cx="120" cy="40" r="8" />
      <path class="line" d="M134 63h26M84 96h22" />
    </>
  );
}

function Seats() {
  return (
    <>
      <ellipse class="soft" cx="120" cy="120" rx="100" ry="40" />
      {[64, 120, 176].map((x, i) => (
        <g key={x}>
          <circle
            class={i === 1 ? "call" : "paper line"}
            cx={x}
            cy={76 - (i === 1 ? 10 : 0)}
            r="19"
          />
          <path class="paper line" d={`M${x - 28} 134c2-22 14-30 28-30s26 8 28 30Z`} />
        </g>
      ))}
    </>
  );
}

const BODIES: Record<DrawingName, () => preact.JSX.Element> = {
  table: Table,
  quiet: Quiet,
  door: Door,
  letter: Letter,
  lost: Lost,
  seats: Seats,
};
