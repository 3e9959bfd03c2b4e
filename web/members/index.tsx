/** Members: who may sign in and as what, and everybody's API tokens. */
import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useMemo, useState } from "react";
import { asked } from "../api/query.ts";
import { DataLine } from "../components/data-line.tsx";
import { DataTable } from "../components/data-table.tsx";
import { ForAdmins } from "../components/for-admins.tsx";
import { Page } from "../components/page-header.tsx";
import { Partial } from "../components/states.tsx";
import { filtersOf } from "../components/table-view.ts";
import { Button } from "../components/ui/button.tsx";
import { Tabs } from "../components/ui/tabs.tsx";
import { useConnection } from "../layout/connection.tsx";
import { useView } from "../search.ts";
import { memberWords as words } from "../text/members.ts";
import { CodeDialog } from "./code.tsx";
import { type Doing, memberColumns } from "./columns.tsx";
import { InviteDialog } from "./invite.tsx";
import { RemoveDialog } from "./remove.tsx";
import { RightsDialog } from "./rights.tsx";
import { SessionsDialog } from "./sessions.tsx";
import { SignInRule } from "./sign-in-rule.tsx";
import { AllTokens } from "./tokens.tsx";
import { MEMBER_FILTERS, type Member, shownMembers } from "./view.ts";

export default function MembersPage() {
  return (
    <ForAdmins title={words.title}>
      <Members />
    </ForAdmins>
  );
}

function Members() {
  const [view, change] = useView();
  const [inviting, setInviting] = useState(false);
  const { connections } = useConnection();
  return (
    <Page
      title={words.title}
      data={<DataLine all={connections} />}
      actions={
        <Button look="solid" onClick={() => setInviting(true)}>
          <UserPlus aria-hidden /> {words.invite.open}
        </Button>
      }
    >
      <Tabs
        label={words.title}
        value={view.tab === "tokens" ? "tokens" : "members"}
        onChange={(tab) =>
          change({ tab: tab === "tokens" ? tab : undefined, search: undefined, role: undefined })
        }
        tabs={[
          { id: "members", label: words.tabs.members, content: <MemberTable /> },
          { id: "tokens", label: words.tabs.tokens, content: <AllTokens /> },
        ]}
      />
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}

const DIALOGS: Record<Doing, typeof RightsDialog> = {
  rights: RightsDialog,
  code: CodeDialog,
  sessions: SessionsDialog,
  remove: RemoveDialog,
};

function MemberTable() {
  const [view] = useView();
  const [doing, setDoing] = useState<{ what: Doing; member: Member } | null>(null);
  const query = useQuery(asked("listMembers", {}));
  const columns = useMemo(() => memberColumns((what, member) => setDoing({ what, member })), []);
  const all = query.data?.items ?? [];
  const rows = shownMembers(all, { search: view.search, ...filtersOf(view, MEMBER_FILTERS) });
  const waiting = all.filter(({ role }) => role === null).length;
  const DoDialog = doing && DIALOGS[doing.what];
  return (
    <>
      {waiting > 0 && (
        <div className="mb-3">
          <Partial>{words.waiting(waiting)}</Partial>
        </div>
      )}
      <SignInRule members={all} />
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
        filters={MEMBER_FILTERS}
        search={words.search}
      />
      {doing && DoDialog && <DoDialog member={doing.member} onClose={() => setDoing(null)} />}
    </>
  );
}
