/** Who it is, what they may do, why, and whether they use it. */
import { useMutation } from "@tanstack/react-query";
import { type Answer, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Card, Facts } from "../components/page-header.tsx";
import { useReader } from "../components/reader.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { None, NotGiven } from "../components/unknown.tsx";
import { userWords as words } from "../text/user.ts";
import { nameOf, userName, WORD } from "../text/words.ts";
import { License, Names, Text } from "../users/cells.tsx";
import { Within } from "../users/within.tsx";

export type Detail = Answer<"getUser">;

/** The line below the name. */
export function subOf(user: Detail): string {
  const names = (all: Detail["departments"], what: string) => all.map((each) => nameOf(each, what));
  return [
    user.email ?? words.emailNotGiven,
    user.jobTitle ?? words.titleNotGiven,
    ...names(user.departments, words.department),
    ...names(user.offices, words.office),
    words.userId(user.id),
  ].join(" · ");
}

export function Who({ user }: { user: Detail }) {
  const others = user.addresses.filter(({ email }) => email !== user.email);
  const primary = user.addresses.find(({ email }) => email === user.email);
  return (
    <Card title={words.who}>
      <Facts
        items={[
          { label: words.email, value: primary ? <Address of={primary} /> : <Text value={user.email} /> },
          ...(others.length > 0 ? [{ label: words.otherEmails, value: <Addresses all={others} /> }] : []),
          { label: words.employeeId, value: <Text value={user.employeeId} /> },
          { label: words.jobTitle, value: <Text value={user.jobTitle} /> },
          { label: words.departments, value: <Names all={user.departments} what={words.department} /> },
          { label: words.offices, value: <Names all={user.offices} what={words.office} /> },
          {
            label: words.created,
            value: user.createdAt ? <Time at={user.createdAt} as="date" /> : <NotGiven />,
          },
          {
            label: words.updated,
            value: user.updatedAt ? <Time at={user.updatedAt} as="date" /> : <NotGiven />,
          },
          ...user.sharing.map(({ user: other, what }) => ({
            label: words.same[what],
            value: (
              <Within to="/users/$user" params={{ user: other.id }}>
                {userName(other)}
              </Within>
            ),
          })),
        ]}
      />
    </Card>
  );
}

function Addresses({ all }: { all: Detail["addresses"] }) {
  return (
    <ul>
      {all.map((each) => (
        <li key={each.email}>
          <Address of={each} />
        </li>
      ))}
    </ul>
  );
}

function Address({ of: { email, confirmed } }: { of: Detail["addresses"][number] }) {
  return (
    <span className="break-words">
      {email}
      {confirmed === false && <span className="text-dim"> · {words.notConfirmed}</span>}
    </span>
  );
}

export function Level({ user }: { user: Detail }) {
  return (
    <Card title={words.level}>
      <p>{user.levelReason}</p>
      {user.status === "missing" && <p className="mt-1 text-look">▲ {words.missing}</p>}
      {user.statusSince && (
        <p className="mt-1 text-dim">
          {WORD.status[user.status]} {words.since} <Time at={user.statusSince} as="date" />
        </p>
      )}
      <div className="mt-3 border-t pt-1">
        <Facts
          items={[
            {
              label: words.license,
              value: (
                <>
                  {user.license.type ?? null}
                  {user.license.type !== null && ": "}
                  <License user={user} />
                </>
              ),
            },
            { label: words.why, value: user.license.reason },
            { label: words.roles, value: <RolesHeld user={user} /> },
          ]}
        />
      </div>
      <Mark user={user} />
    </Card>
  );
}

function RolesHeld({ user: { roles } }: { user: Detail }) {
  if (roles === null) return <>{words.rolesUnknown}</>;
  if (roles.length === 0) return <None />;
  return <>{roles.map((role) => words.roleHeld(nameOf(role, words.role), role.grants)).join(", ")}</>;
}

/** An older integration user looks like a person; only somebody here can tell. */
function Mark({ user }: { user: Detail }) {
  const reader = useReader();
  const c = user.stamp.connection;
  const mark = useMutation({
    mutationFn: (markedServiceAccount: boolean) =>
      call("markUser", { params: { c, user: user.id }, body: { markedServiceAccount } }),
    onSuccess: () => invalidate(),
  });
  const canMark = reader.may("admin") && (user.markedServiceAccount || !user.serviceAccount);
  if (!canMark && !user.markedServiceAccount) return null;
  return (
    <div className="mt-3 border-t pt-3">
      {user.markedServiceAccount && <p className="text-dim">{words.marked}</p>}
      {canMark && (
        <Button
          small
          className="screen-only mt-1"
          busy={mark.isPending}
          onClick={() => mark.mutate(!user.markedServiceAccount)}
        >
          {user.markedServiceAccount ? words.unmark : words.mark}
        </Button>
      )}
      {mark.error && (
        <p role="alert" className="mt-1 text-cant">
          {mark.error.message}
        </p>
      )}
    </div>
  );
}
