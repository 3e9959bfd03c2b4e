/** The weekly report as of now, in the words of its mail. */
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { Answer } from "../api/client.ts";
import { asked } from "../api/query.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { cx } from "../components/ui/cx.ts";
import { useConnection } from "../layout/connection.tsx";
import { NoConnection } from "../layout/no-connection.tsx";
import { alertWords } from "../text/alerts.ts";

const words = alertWords.report;
type Report = Answer<"weeklyReport">;
type Section = Report["sections"][number];
type Part = keyof NonNullable<Section["bar"]>;

const LOOK: Record<Part, string> = {
  inUse: "bg-kind-1",
  unused: "bg-kind-2",
  neverUsed: "bg-kind-3",
  unknown: "hatched border border-edge",
};

export function WeeklyReport() {
  const { connection } = useConnection();
  if (!connection) return <NoConnection />;
  return <OfConnection c={String(connection.id)} name={connection.name} />;
}

function OfConnection({ c, name }: { c: string; name: string }) {
  const { data, error, refetch } = useQuery(asked("weeklyReport", { params: { c } }));
  if (error && !data) return <Failed error={error} retry={() => void refetch()} what={words.thing} />;
  if (!data) return <Loading rows={6} />;
  return (
    <div className="grid max-w-2xl gap-4">
      <div className="screen-only flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 basis-64 text-dim">{words.text}</p>
        <CopyButton text={data.text} label={words.copy} />
        <Button small onClick={() => save(data, name)}>
          <Download aria-hidden /> {words.save}
        </Button>
      </div>
      <article className="card grid gap-6 p-4 sm:p-6">
        <header className="grid gap-1">
          <h2>{data.title}</h2>
          <p className="text-dim">{data.week}</p>
          <p className="mt-2 text-lg">{data.lead.join(" ")}</p>
        </header>
        {data.sections.map((section) => (
          <SectionOf key={section.title} section={section} />
        ))}
        <footer className="grid gap-2 text-sm text-dim">
          {data.foot.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </footer>
      </article>
    </div>
  );
}

function SectionOf({ section: { title, basis, bar, rows, notes } }: { section: Section }) {
  return (
    <section>
      <h3>{title}</h3>
      <p className="mb-2 text-sm text-dim">{basis}</p>
      {bar && <Bar bar={bar} />}
      <dl className="divide-y border-y">
        {rows.map(({ label, value, note, part }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two people may bear one name, and rows never move
          <div key={index} className="flex items-baseline justify-between gap-4 py-1.5">
            <dt className="min-w-0 break-words">
              <span className="flex items-baseline gap-2">
                {bar && part && (
                  <span aria-hidden className={cx("size-2.5 shrink-0 rounded-sm", LOOK[part])} />
                )}
                <span className="min-w-0 break-words">{label}</span>
              </span>
              {note && <span className="block text-sm text-dim">{note}</span>}
            </dt>
            <dd className={cx("shrink-0 text-right", value === null ? "text-idle" : "font-medium")}>
              {value ?? words.unknown}
            </dd>
          </div>
        ))}
      </dl>
      {notes.map((note) => (
        <p key={note} className="mt-2 text-sm text-dim">
          {note}
        </p>
      ))}
    </section>
  );
}

/** The rows below it as one bar, for the eye alone. */
function Bar({ bar }: { bar: NonNullable<Section["bar"]> }) {
  return (
    <div aria-hidden className="mb-2 flex h-3 gap-px overflow-hidden rounded">
      {(Object.keys(LOOK) as Part[]).map(
        (part) =>
          bar[part] > 0 && (
            <span key={part} className={LOOK[part]} style={{ flexGrow: bar[part], flexBasis: 3 }} />
          ),
      )}
    </div>
  );
}

/** As a file: what a mail program sends as it stands. */
function save({ html, period }: Report, connection: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  link.download = words.fileName(connection.replace(/[^\p{L}\p{N}]+/gu, "-"), period.to);
  link.click();
  URL.revokeObjectURL(link.href);
}
