/** Which request types count as use, with a switch each. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, type ApiFailure, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { CountLink } from "../components/count-link.tsx";
import { Button } from "../components/ui/button.tsx";
import { Field, Input, Switch } from "../components/ui/field.tsx";
import { usageWords } from "../text/usage.ts";
import { eventsOf } from "./figures.ts";

type Usage = Answer<"usage">;
type RequestType = Usage["whatCounts"][number];
const words = usageWords.counts;
const FEW = 12;

export function WhatCounts({ usage, c, mayChange }: { usage: Usage; c: string; mayChange: boolean }) {
  const [search, setSearch] = useState("");
  const [all, setAll] = useState(false);
  const saving = useMutation<unknown, ApiFailure, Pick<RequestType, "requestType" | "counts">>({
    mutationFn: (type) => call("setRequestTypes", { params: { c }, body: { set: [type] } }),
    onSuccess: () => invalidate("usage", "requestTypes", "overview", "licenses", "listUsers", "getUser"),
  });
  const fits = usage.whatCounts.filter(({ requestType }) =>
    (requestType ?? words.none).toLowerCase().includes(search.trim().toLowerCase()),
  );
  const shown = all || search ? fits : fits.slice(0, FEW);
  return (
    <section aria-labelledby="what-counts" className="card grid grid-cols-1 content-start gap-3 p-4">
      <h2 id="what-counts" className="eyebrow">
        {words.title}
      </h2>
      <p className="max-w-prose text-dim">
        {mayChange ? words.intro : words.forOperators} {words.kept}
      </p>
      {saving.error && (
        <p role="alert" className="text-cant">
          {[saving.error.message, saving.error.cure].filter(Boolean).join(" ")}
        </p>
      )}
      {usage.whatCounts.length > FEW && (
        <div className="max-w-sm">
          <Field label={words.search}>
            {(ids) => (
              <Input {...ids} type="search" value={search} onChange={(e) => setSearch(e.target.value)} />
            )}
          </Field>
        </div>
      )}
      {usage.whatCounts.length === 0 ? (
        <p className="text-dim">{words.nobody}</p>
      ) : (
        <table className="w-full">
          <thead>
            <tr className="border-b text-left text-sm text-dim">
              <th scope="col" className="py-1.5 pr-3 font-medium">
                {words.column}
              </th>
              <th scope="col" className="py-1.5 text-right font-medium">
                {words.events}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((type) => (
              <tr key={type.requestType ?? ""} className="border-b">
                <td className="py-2 pr-3 break-all">
                  <Switch
                    label={type.requestType ?? words.none}
                    checked={
                      saving.isPending && saving.variables.requestType === type.requestType
                        ? saving.variables.counts
                        : type.counts
                    }
                    disabled={!mayChange || saving.isPending}
                    onChange={(counts) => saving.mutate({ requestType: type.requestType, counts })}
                  />
                </td>
                <td className="py-2 text-right align-top">
                  <CountLink
                    count={type.events}
                    label={words.eventsOf(type.requestType ?? words.none)}
                    to={type.counts && type.requestType !== null ? "/events" : undefined}
                    search={{
                      counts: "true",
                      requestType: type.requestType ?? undefined,
                      ...eventsOf(usage.range),
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length === 0 && usage.whatCounts.length > 0 && <p className="text-dim">{words.noneFits}</p>}
      {shown.length < fits.length && (
        <div>
          <Button small onClick={() => setAll(true)}>
            {words.more(fits.length)}
          </Button>
        </div>
      )}
      <p role="status" className="sr-only">
        {saving.isPending ? words.saving : ""}
      </p>
    </section>
  );
}
