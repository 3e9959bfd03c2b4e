/** Schedule, zone, window, usage: what a connection may be told. What wasn't touched here is shown, and stays, as it is. */
import { type FormEvent, useState } from "react";
import { ApiFailure } from "../api/client.ts";
import { Card } from "../components/page-header.tsx";
import { Button } from "../components/ui/button.tsx";
import { Choice, Field, Input, Select, Switch } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import type { Role } from "../integrations/tile.tsx";
import type { Connection } from "../integrations/troubles.ts";
import { useUpdate } from "../integrations/use-actions.ts";
import { connection as words } from "../text/connection.ts";
import { STREAM } from "../text/words.ts";
import { changeOf, settingsWith, type Touched, touchedOf } from "./touched.ts";

const WINDOWS = [28, 60, 90, 180];
const LANES = ["directory", "grants", "usage", "recruiting_activity"] as const;
const KINDS = ["scorecards", "interviews", "interview_replies", "approvals", "rejections"] as const;
const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

export function SettingsForm({ connection, role }: { connection: Connection; role: Role }) {
  const [touched, setTouched] = useState<Touched>({});
  const settings = settingsWith(connection.settings, touched);
  const permissionType = touched.permissionType ?? connection.permissionType;
  const update = useUpdate(connection.id);
  const fixed = role !== "admin" || connection.frozenAt !== null;
  const change = (part: Touched) => setTouched((before) => touchedOf(connection, { ...before, ...part }));
  const usage = !settings.off.includes("audit_log");
  const v3 = connection.credentialKind === "harvest_v3";
  const windows = [...new Set([...WINDOWS, settings.windowDays])].sort((a, b) => a - b);
  const zones = ZONES.includes(settings.timeZone) ? ZONES : [settings.timeZone, ...ZONES];

  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate(changeOf(connection.settings, touched), {
      onSuccess: () => {
        setTouched({});
        say(words.settingsSaved);
      },
    });
  };
  return (
    <Card>
      <form onSubmit={submit} className="max-w-xl">
        <fieldset disabled={fixed} className="grid gap-5">
          <legend className="sr-only">{words.settings}</legend>
          <Switch
            label={words.usageLabel}
            hint={words.usageHint}
            checked={usage}
            disabled={fixed}
            onChange={(on) => change({ on: { ...touched.on, audit_log: on } })}
          />
          {v3 && (
            <fieldset className="grid gap-3">
              <legend className="mb-2 font-medium">{words.recruitingLabel}</legend>
              <p className="text-sm text-dim">{words.recruitingHint}</p>
              {KINDS.map((kind) => (
                <Switch
                  key={kind}
                  label={STREAM[kind]}
                  checked={!settings.off.includes(kind)}
                  disabled={fixed}
                  onChange={(on) => change({ on: { ...touched.on, [kind]: on } })}
                />
              ))}
            </fieldset>
          )}
          <div className="grid gap-3 sm:grid-cols-2">
            {LANES.filter((lane) => v3 || lane !== "recruiting_activity").map((lane) => (
              <Field key={lane} label={words.everyLabel[lane]} hint={words.minutes}>
                {(ids) => (
                  <Input
                    {...ids}
                    type="number"
                    min={5}
                    max={10_080}
                    required
                    value={settings.everyMinutes[lane] || ""}
                    onChange={(event) =>
                      change({
                        everyMinutes: { ...touched.everyMinutes, [lane]: event.target.valueAsNumber },
                      })
                    }
                  />
                )}
              </Field>
            ))}
          </div>
          <Field label={words.zoneLabel} hint={words.zoneHint}>
            {(ids) => (
              <Select
                {...ids}
                value={settings.timeZone}
                onChange={(event) => change({ timeZone: event.target.value })}
                options={zones.map((zone) => [zone, zone])}
              />
            )}
          </Field>
          <Field label={words.windowLabel} hint={words.windowHint}>
            {(ids) => (
              <Select
                {...ids}
                value={String(settings.windowDays)}
                onChange={(event) => change({ windowDays: Number(event.target.value) })}
                options={windows.map((days) => [String(days), words.days(days)])}
              />
            )}
          </Field>
          <Field label={words.keepLabel} hint={words.keepHint}>
            {(ids) => (
              <Select
                {...ids}
                value={String(settings.keepEventsDays ?? "")}
                onChange={(event) =>
                  change({ keepEventsDays: event.target.value === "" ? null : Number(event.target.value) })
                }
                options={[
                  ...[
                    ...new Set([
                      90,
                      180,
                      400,
                      730,
                      ...(settings.keepEventsDays ? [settings.keepEventsDays] : []),
                    ]),
                  ]
                    .sort((a, b) => a - b)
                    .map((days) => [String(days), words.days(days)] as const),
                  ["", words.keepEver],
                ]}
              />
            )}
          </Field>
          <Field label={words.shareLabel} hint={words.shareHint}>
            {(ids) => (
              <Input
                {...ids}
                type="number"
                min={1}
                max={100}
                required
                value={settings.sharePercent || ""}
                onChange={(event) => change({ sharePercent: event.target.valueAsNumber })}
              />
            )}
          </Field>
          <Choice
            legend={words.mayLabel}
            name="may"
            value={permissionType}
            onChange={(next) => change({ permissionType: next })}
            options={[
              { value: "read", label: words.mayRead, text: words.mayReadText },
              { value: "read_and_act", label: words.mayAct, text: words.mayActText },
            ]}
          />
          {permissionType === "read_and_act" && (
            <Switch
              label={words.secondLabel}
              hint={words.secondHint}
              checked={settings.secondApproval}
              disabled={fixed}
              onChange={(secondApproval) => change({ secondApproval })}
            />
          )}
          {update.error instanceof ApiFailure && <Refusal failure={update.error} />}
          {!fixed && (
            <div>
              <Button type="submit" look="plain" busy={update.isPending}>
                {words.save}
              </Button>
            </div>
          )}
          {role !== "admin" && <p className="text-dim">{words.adminsOnly}</p>}
        </fieldset>
      </form>
    </Card>
  );
}
