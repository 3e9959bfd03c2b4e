/** <CopyButton text={scopes.join("\n")} label="Copy list" />. Says so when done, aloud too. */
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { TEXT } from "../text/console.ts";
import { Button } from "./ui/button.tsx";
import { say } from "./ui/toast.tsx";

const SHOWN_MS = 2000;

export function CopyButton({
  text,
  label = TEXT.copy,
  small = true,
}: {
  text: string;
  label?: string;
  small?: boolean;
}) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), SHOWN_MS);
    } catch {
      say(TEXT.notCopied, "cant");
    }
  };
  return (
    <Button small={small} onClick={() => void copy()}>
      {done ? <Check aria-hidden className="text-well" /> : <Copy aria-hidden />}
      <span aria-live="polite">{done ? TEXT.copied : label}</span>
    </Button>
  );
}
