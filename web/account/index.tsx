/** One's own account: who one is here, password, second factor, passkeys, sessions, API tokens. */
import { useState } from "react";
import { type Member, useMember } from "../api/session.ts";
import { DataLine } from "../components/data-line.tsx";
import { Card, Facts, Page } from "../components/page-header.tsx";
import { useConnection } from "../layout/connection.tsx";
import { account } from "../text/account.ts";
import { WORD } from "../text/words.ts";
import { Passkeys } from "./passkeys.tsx";
import { NoPassword, PasswordCard } from "./password.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { Sessions } from "./sessions.tsx";
import { Tokens } from "./tokens.tsx";

export default function AccountPage() {
  const member = useMember();
  const { connections } = useConnection();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes) return <RecoveryCodes codes={codes} email={member.email} onDone={() => setCodes(null)} />;
  return (
    <Page title={account.title} data={<DataLine all={connections} />}>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <div className="grid gap-4">
          <You member={member} />
          {member.hasPassword ? <PasswordCard /> : <NoPassword />}
          {(member.hasPassword || member.secondFactor) && (
            <SecondFactor on={member.secondFactor} onCodes={setCodes} />
          )}
          <Passkeys />
        </div>
        <div className="grid gap-4">
          <Sessions />
          <Tokens />
        </div>
      </div>
    </Page>
  );
}

function You({ member }: { member: Member }) {
  const { connections } = useConnection();
  const { you } = account;
  const seen = member.connections?.map((id) => connections.find((each) => each.id === id)?.name);
  const names = seen?.filter((name) => name !== undefined);
  const sees = !seen ? you.all : names?.length ? names.join(", ") : you.none;
  return (
    <Card title={you.title}>
      <Facts
        items={[
          { label: you.name, value: member.name },
          { label: you.email, value: <span className="break-all">{member.email}</span> },
          { label: you.role, value: WORD.role[member.role] },
          { label: you.sees, value: sees },
        ]}
      />
      <p className="mt-2 text-sm text-dim">
        {account.roleText[member.role]} {member.role === "admin" ? you.whoElse : you.whoChanges}
      </p>
    </Card>
  );
}
