/** Who a user is: one of those who fit, nobody of the directory, or somebody else of it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EMPLOYEE_STATE_WORD, employeeName } from "../../src/model/words.ts";
import { call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Choice, Field, Input } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { useRested } from "../components/use-rested.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { employeeWords as words } from "../text/employees.ts";
import { userName } from "../text/words.ts";
import { type Employee, type EmployeeRow, othersOf } from "./view.ts";

export interface Linked extends Pick<EmployeeRow, "match" | "candidates" | "nobody"> {
  user: { id: string; name: string | null };
}

interface Props {
  c: string;
  linked: Linked;
  onClose: () => void;
}

const NOBODY = "nobody";

export function LinkDialog({ c, linked: { user, match, candidates, nobody }, onClose }: Props) {
  const [chosen, setChosen] = useState<string | null>(nobody ? NOBODY : null);
  const [picked, setPicked] = useState<Employee | null>(null);
  const [search, setSearch] = useState("");
  const wanted = useRested(search.trim());
  const { busy, failure, send } = useSending();
  const params = { c, user: user.id };
  const byHand = nobody !== null || match?.how === "link";
  const found = useQuery({
    ...asked("findEmployees", { query: { search: wanted } }),
    enabled: wanted !== "",
  });
  const done = async (work: () => Promise<unknown>) =>
    send(async () => {
      await work();
      await invalidate("employeeSummary", "listEmployees", "getUser", "overview");
      say(words.saved(userName(user)));
      onClose();
    });
  const save = () =>
    chosen !== null &&
    done(() => call("linkUser", { params, body: { employee: chosen === NOBODY ? null : Number(chosen) } }));
  const results = wanted === "" ? [] : (found.data?.items ?? []);
  const others = othersOf(
    candidates.map(({ employee }) => employee),
    results,
    picked,
  );
  const choose = (value: string) => {
    setChosen(value);
    setPicked(others.find(({ id }) => String(id) === value) ?? null);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.linkTitle(userName(user))}
      text={words.linkText}
      foot={
        <>
          {byHand && (
            <Button busy={busy} onClick={() => void done(() => call("unlinkUser", { params }))}>
              {words.unlink}
            </Button>
          )}
          <Button look="solid" busy={busy} disabled={chosen === null} onClick={() => void save()}>
            {words.save}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <Choice
          legend={words.candidates}
          name="employee"
          value={chosen}
          onChange={choose}
          options={[
            ...candidates.map((each) => optionOf(each.employee, `${each.match.reason}: ${each.match.doubt}`)),
            ...others.map((employee) => optionOf(employee, words.other)),
            { value: NOBODY, label: words.nobody, text: words.nobodyText },
          ]}
        />
        <Field
          label={words.other}
          hint={wanted !== "" && found.data?.items.length === 0 && words.otherNone}
          error={wanted !== "" && found.error?.message}
        >
          {(ids) => (
            <Input
              {...ids}
              type="search"
              placeholder={words.otherSearch}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          )}
        </Field>
        {failure && <Refusal failure={failure} />}
      </div>
    </Dialog>
  );
}

function optionOf(employee: Employee, why: string) {
  const facts = [
    employee.employeeId,
    employee.emails[0],
    employee.department,
    EMPLOYEE_STATE_WORD[employee.state],
  ];
  return {
    value: String(employee.id),
    label: employeeName(employee),
    text: `${facts.filter(Boolean).join(" · ")} · ${why}`,
  };
}
