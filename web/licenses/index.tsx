/** Licenses: counted by rules from level and status, and what could be freed. */
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { addressOf } from "../api/client.ts";
import { asked } from "../api/query.ts";
import { DataLine } from "../components/data-line.tsx";
import { Page } from "../components/page-header.tsx";
import { useReader } from "../components/reader.tsx";
import { StampLine } from "../components/stamp.tsx";
import { Empty, Failed, Loading, Partial, TryAgain } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { Menu, MenuItem } from "../components/ui/menu.tsx";
import { number } from "../format/number.ts";
import { ago, day } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { licenseWords as words } from "../text/licenses.ts";
import { type Connection, plural } from "../text/words.ts";
import { ForConnection } from "../users/connection.tsx";
import { Editor } from "./editor.tsx";
import { LicenseTable } from "./table.tsx";
import { WindowLines, Windows } from "./windows.tsx";

export default function Licenses() {
  return (
    <ForConnection title={words.title}>{(connection) => <View connection={connection} />}</ForConnection>
  );
}

function View({ connection }: { connection: Connection }) {
  const c = String(connection.id);
  const reader = useReader();
  const { data, error, refetch, dataUpdatedAt, isPlaceholderData } = useQuery(
    asked("licenses", { params: { c } }),
  );
  const rules = useQuery(asked("licenseRules", { params: { c } }));
  const canEdit = reader.may("operator");
  return (
    <Page
      title={words.title}
      data={<DataLine connection={connection} />}
      sub={data?.sentence}
      actions={
        <>
          <Export c={c} />
          {reader.may("admin") && connection.frozenAt === null && <Windows connection={connection} />}
          {canEdit && rules.data && <Editor c={c} saved={rules.data} />}
        </>
      }
    >
      {!data &&
        (error ? (
          <Failed error={error} retry={() => void refetch()} what={words.thing} />
        ) : (
          <Loading rows={6} />
        ))}
      {data && error && (
        <Partial action={<TryAgain retry={refetch} />}>
          {words.old(ago(new Date(dataUpdatedAt).toISOString()))}
        </Partial>
      )}
      {canEdit && rules.error && <Partial>{rules.error.message}</Partial>}
      {data && (
        <div className={isPlaceholderData || error ? "old grid gap-3" : "grid gap-3"}>
          {data.types.length === 0 ? (
            <div className="card">
              <Empty title={words.none} />
            </div>
          ) : (
            <LicenseTable view={data} />
          )}
          <p className="text-dim">
            {words.window(data.window.days, day(data.window.from), day(data.window.to))} {words.rangeWhy}{" "}
            {!canEdit && words.viewerNote}
          </p>
          {data.window.others.length > 0 && <WindowLines window={data.window} />}
          {data.window.coveredDays > 0 &&
            data.total.unused === 0 &&
            data.total.neverUsed === 0 &&
            data.total.assigned > data.total.unknown && (
              <p>{words.noUnused(number(data.total.assigned - data.total.unknown))}</p>
            )}
          <StampLine stamp={data.stamp} shown={plural(data.total.assigned, words.license)} />
        </div>
      )}
    </Page>
  );
}

function Export({ c }: { c: string }) {
  return (
    <Menu
      trigger={
        <Button>
          <Download aria-hidden /> {TEXT.table.export}
        </Button>
      }
    >
      {(["csv", "json"] as const).map((format) => (
        <MenuItem key={format} asChild>
          <a href={addressOf("exportLicenses", { params: { c }, query: { format } })} download>
            {words.exportAs[format]}
          </a>
        </MenuItem>
      ))}
    </Menu>
  );
}
