/** One's own API tokens. */
import { useQuery } from "@tanstack/react-query";
import { KeySquare } from "lucide-react";
import { useState } from "react";
import { asked } from "../api/query.ts";
import { Card } from "../components/page-header.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { tokenWords as words } from "../text/tokens.ts";
import { MakeToken } from "./make-token.tsx";
import { RevokeToken, type Token, TokenRole } from "./token.tsx";

export function Tokens() {
  const { data, error, refetch } = useQuery(asked("listTokens", {}));
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const mine = data?.items.filter((token) => token.mine);
  return (
    <Card title={words.title}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-dim">{words.text}</p>
        <Button onClick={() => setMaking(true)}>{words.make}</Button>
      </div>
      {error && !data ? (
        <div className="mt-3">
          <Failed error={error} retry={() => void refetch()} what={words.many} />
        </div>
      ) : !mine ? (
        <Loading rows={2} />
      ) : mine.length === 0 ? (
        <p className="mt-2 text-sm text-dim">{words.none}</p>
      ) : (
        <ul className="mt-2 divide-y">
          {mine.map((token) => (
            <TokenItem key={token.id} token={token} onRevoke={() => setRevoking(token)} />
          ))}
        </ul>
      )}
      {making && <MakeToken onClose={() => setMaking(false)} />}
      {revoking && <RevokeToken token={revoking} onClose={() => setRevoking(null)} />}
    </Card>
  );
}

function TokenItem({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  return (
    <li className="flex items-center gap-3 py-2.5">
      <KeySquare aria-hidden className="size-5 shrink-0 text-dim" />
      <div className="min-w-0 flex-1">
        <p className="break-words">{token.name}</p>
        <p className="flex flex-wrap gap-x-1.5 text-sm text-dim">
          <TokenRole token={token} />
          <span aria-hidden>·</span>
          {token.expired ? (
            <span>{words.expired}</span>
          ) : token.endsAt ? (
            <span>
              {words.until} <Time at={token.endsAt} as="date" />
            </span>
          ) : (
            <span>{words.neverExpires}</span>
          )}
          <span aria-hidden>·</span>
          {token.lastUsedAt ? (
            <span>
              {words.used} <Time at={token.lastUsedAt} />
            </span>
          ) : (
            <span>{words.neverUsed}</span>
          )}
        </p>
      </div>
      <Button small aria-label={words.revokeOf(token.name)} onClick={onRevoke}>
        {words.revoke}
      </Button>
    </li>
  );
}
