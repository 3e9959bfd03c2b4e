/** What can be changed on Licenses: a button that opens a form, and the form's end. */
import { type ReactNode, useState } from "react";
import { Button } from "../components/ui/button.tsx";
import { Dialog, DialogClose } from "../components/ui/dialog.tsx";
import { TEXT } from "../text/console.ts";
import { licenseWords as words } from "../text/licenses.ts";

interface FormDialogProps {
  title: string;
  text: string;
  /** Unmounted with the dialog: opened again, it begins with what is saved. */
  form: (done: () => void) => ReactNode;
}

export function FormDialog({ title, text, form }: FormDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      wide
      open={open}
      onOpenChange={setOpen}
      title={title}
      text={text}
      trigger={<Button>{title}</Button>}
    >
      {form(() => setOpen(false))}
    </Dialog>
  );
}

export function FormEnd({ error, busy, ready }: { error: Error | null; busy: boolean; ready: boolean }) {
  return (
    <>
      {error && (
        <p role="alert" className="text-cant">
          {error.message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <DialogClose>
          <Button>{TEXT.cancel}</Button>
        </DialogClose>
        <Button type="submit" look="solid" busy={busy} disabled={!ready}>
          {words.save}
        </Button>
      </div>
    </>
  );
}
