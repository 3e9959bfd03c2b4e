/** For somebody who has proved who they are, and may see nothing yet. */
import { Link } from "@tanstack/react-router";
import { UserRoundX } from "lucide-react";
import { Button } from "../components/ui/button.tsx";
import { noRole as words } from "../text/sign-in.ts";
import { Frame } from "./frame.tsx";

/** @param about which account that is, if it was told */
export function NoRole({ about, onAgain }: { about?: string | undefined; onAgain?: () => void }) {
  return (
    <Frame title={words.title} text={words.text}>
      <div className="grid gap-4">
        <p className="flex gap-2 rounded-md bg-sunken px-3 py-2">
          <UserRoundX aria-hidden className="mt-0.5 size-4 shrink-0 text-dim" />
          <span className="min-w-0">
            {about && <span className="block break-words">{about}</span>}
            {words.next}
          </span>
        </p>
        {onAgain ? (
          <Button onClick={onAgain}>{words.again}</Button>
        ) : (
          <Button asChild>
            <Link to="/sign-in">{words.again}</Link>
          </Button>
        )}
      </div>
    </Frame>
  );
}
