export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly href?: string;
}

/** Figures that are read at a glance. */
export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <dl class="tiles">
      {tiles.map(({ name, value, note, href }) => (
        <div key={name} class="tile">
          <dt>{href === undefined ? name : <a href={href}>{name}</a>}</dt>
          <dd>
            <span class="tile-value break">{value}</span>
            {note && <span class="small muted block">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
