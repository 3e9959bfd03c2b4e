/** A tile a connection. Of hundreds the first ones stand there; the others come when they are asked for. */
import { useState } from "react";
import { Button } from "../components/ui/button.tsx";
import { number } from "../format/number.ts";
import { integrations as words } from "../text/integrations.ts";
import { type Role, Tile } from "./tile.tsx";
import type { Connection } from "./troubles.ts";

const MORE = 24;

export function Tiles({ connections, role }: { connections: readonly Connection[]; role: Role }) {
  const [most, setMost] = useState(MORE);
  const left = connections.length - most;
  return (
    <>
      <ul className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {connections.slice(0, most).map((connection) => (
          <li key={connection.id} className="grid">
            <Tile connection={connection} role={role} />
          </li>
        ))}
      </ul>
      {left > 0 && (
        <Button className="mt-4" onClick={() => setMost(most + MORE)}>
          {words.showMore(number(Math.min(MORE, left)), number(left))}
        </Button>
      )}
    </>
  );
}
