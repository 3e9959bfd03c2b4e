/** Everybody's API tokens. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { RevokeToken, type Token, TokenRole } from "../account/token.tsx";
import { asked } from "../api/query.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { useView } from "../search.ts";
import { tokenWords as words } from "../text/tokens.ts";

function tokenColumns(onRevoke: (token: Token) => void): Column<Token>[] {
  return [
    {
      id: "name",
      header: words.columns.name,
      width: 200,
      grow: true,
      fixed: true,
      card: "title",
      cell: ({ name }) => <span title={name}>{name}</span>,
    },
    {
      id: "role",
      header: words.columns.role,
      width: 150,
      card: "line",
      cell: (token) => <TokenRole token={token} />,
    },
    {
      id: "madeBy",
      header: words.columns.madeBy,
      width: 180,
      grow: true,
      card: "line",
      cell: ({ member }) => <span title={member.email}>{member.name}</span>,
    },
    {
      id: "expires",
      header: words.columns.expires,
      width: 130,
      card: "none",
      cell: ({ endsAt, expired }) =>
        expired ? words.expired : endsAt ? <Time at={endsAt} as="date" /> : words.never,
    },
    {
      id: "lastUsed",
      header: words.columns.lastUsed,
      width: 130,
      card: "none",
      cell: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} /> : words.neverUsed),
    },
    {
      id: "action",
      header: words.columns.action,
      width: 100,
      fixed: true,
      card: "state",
      cell: (token) => (
        <Button small aria-label={words.revokeOf(token.name)} onClick={() => onRevoke(token)}>
          {words.revoke}
        </Button>
      ),
    },
  ];
}

export function AllTokens() {
  const [view] = useView();
  const [revoking, setRevoking] = useState<Token | null>(null);
  const query = useQuery(asked("listTokens", {}));
  const columns = useMemo(() => tokenColumns(setRevoking), []);
  const text = (view.search ?? "").trim().toLowerCase();
  const all = query.data?.items ?? [];
  const rows = all.filter(({ name, member }) =>
    `${name} ${member.name} ${member.email}`.toLowerCase().includes(text),
  );
  return (
    <>
      <p className="mb-3 text-dim">{words.allText}</p>
      <DataTable
        label={words.title}
        one={words.one}
        many={words.many}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => String(id)}
        query={query}
        total={rows.length}
        whole={all.length}
        search={words.search}
        empty={text ? undefined : { title: words.none, text: words.nobodyHas }}
      />
      {revoking && <RevokeToken token={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}
