/** The dialog around a destination's form: what is filled in, what went wrong, and its end. */
import type { ReactNode } from "react";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import type { useSending } from "../sign-in/form.ts";
import { alertWords } from "../text/alerts.ts";

const words = alertWords.form;
const FORM = "destination";

interface DestinationDialogProps {
  title: string;
  text?: string;
  /** What the button says. */
  verb: string;
  sending: Pick<ReturnType<typeof useSending>, "busy" | "failure">;
  submit: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

export function DestinationDialog(props: DestinationDialogProps) {
  const { title, text, verb, sending, submit, onClose, children } = props;
  return (
    <Dialog
      open
      wide
      holds
      onOpenChange={(open) => !open && onClose()}
      title={title}
      text={text}
      foot={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="solid" type="submit" form={FORM} busy={sending.busy}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        noValidate
        className="grid gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        {sending.failure && <Refusal failure={sending.failure} />}
      </form>
    </Dialog>
  );
}
