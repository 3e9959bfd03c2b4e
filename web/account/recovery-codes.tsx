/** The recovery codes stand alone on the page until they are stored: they are never shown again, and print as a sheet. */
import { Printer } from "lucide-react";
import { CopyButton } from "../components/copy-button.tsx";
import { Card, Page } from "../components/page-header.tsx";
import { Button } from "../components/ui/button.tsx";
import { account } from "../text/account.ts";

const words = account.recovery;

export function RecoveryCodes({
  codes,
  email,
  onDone,
}: {
  codes: readonly string[];
  email: string;
  onDone: () => void;
}) {
  return (
    <Page title={words.title}>
      <Card className="max-w-xl">
        <div className="grid gap-4">
          <p role="status">{words.on}</p>
          <p className="text-dim">{words.text}</p>
          <p className="text-sm text-dim">{words.of(email)}</p>
          <ul className="grid gap-x-8 gap-y-1.5 font-mono text-base sm:grid-cols-2">
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
          <div className="screen-only flex flex-wrap gap-2">
            <CopyButton text={codes.join("\n")} label={words.copy} small={false} />
            <Button onClick={() => window.print()}>
              <Printer aria-hidden /> {words.print}
            </Button>
            <Button look="solid" className="sm:ml-auto" onClick={onDone}>
              {words.done}
            </Button>
          </div>
        </div>
      </Card>
    </Page>
  );
}
