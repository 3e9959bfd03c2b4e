/** Whether everybody who signs in with a password needs a second factor. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { ApiFailure, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Card } from "../components/page-header.tsx";
import { Failed } from "../components/states.tsx";
import { Switch } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { memberWords } from "../text/members.ts";
import type { Member } from "./view.ts";

const words = memberWords.rule;

export function SignInRule({ members }: { members: readonly Member[] }) {
  const { data, error, refetch } = useQuery(asked("getSignInRules", {}));
  const change = useMutation({
    mutationFn: (secondFactorNeeded: boolean) => call("changeSignInRules", { body: { secondFactorNeeded } }),
    onSuccess: ({ secondFactorNeeded }) => say(secondFactorNeeded ? words.on : words.off),
    onSettled: () => invalidate("getSignInRules"),
  });
  if (error && !data) return <Failed error={error} retry={() => void refetch()} what={words.label} />;
  if (!data) return null;
  const without = members.filter(
    (each) => each.role && each.hasPassword && !each.secondFactor && !each.passkeys,
  );
  return (
    <Card className="mb-3">
      <div className="grid gap-3">
        <Switch
          label={words.label}
          hint={without.length > 0 ? `${words.hint} ${words.without(without.length)}` : words.hint}
          checked={data.secondFactorNeeded}
          disabled={change.isPending}
          onChange={change.mutate}
        />
        {change.error instanceof ApiFailure && <Refusal failure={change.error} />}
      </div>
    </Card>
  );
}
