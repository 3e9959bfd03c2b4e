/** Saving, renaming and deleting a saved view. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiFailure, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { TEXT } from "../text/console.ts";
import { viewWords as words } from "../text/views.ts";
import type { SavedView, ViewPage } from "./saved-views.ts";
import { Button } from "./ui/button.tsx";
import { Dialog } from "./ui/dialog.tsx";
import { Field, Input, Switch } from "./ui/field.tsx";
import { say } from "./ui/toast.tsx";

type Props = {
  onClose: () => void;
  onSaved?: (view: SavedView) => void;
} & ({ view: SavedView } | { view?: undefined; page: ViewPage; query: string });

export function ViewForm({ onClose, onSaved, ...of }: Props) {
  const [name, setName] = useState(of.view?.name ?? "");
  const [shared, setShared] = useState(of.view?.shared ?? false);
  const [tried, setTried] = useState(false);
  const empty = name.trim() === "";
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), shared };
      if (of.view) return call("updateView", { params: { view: of.view.id }, body });
      return call("addView", { body: { ...body, page: of.page, query: of.query } });
    },
    onSuccess: async (view) => {
      await invalidate("listViews");
      say(words.saved(view.name));
      onSaved?.(view);
      onClose();
    },
  });
  const submit = () => {
    setTried(true);
    if (!empty) save.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={of.view ? words.editTitle : words.saveTitle}
      {...(of.view ? {} : { text: words.saveText })}
      foot={
        <>
          <Button onClick={onClose}>{TEXT.cancel}</Button>
          <Button look="solid" busy={save.isPending} onClick={submit}>
            {words.saveIt}
          </Button>
        </>
      }
    >
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={words.name} error={tried && empty && words.needName}>
          {(ids) => (
            <Input {...ids} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Switch label={words.forAll} hint={words.forAllHint} checked={shared} onChange={setShared} />
        {save.error instanceof ApiFailure && <Refusal failure={save.error} />}
      </form>
    </Dialog>
  );
}

export function RemoveView({ view, onClose }: { view: SavedView; onClose: () => void }) {
  const remove = useMutation({
    mutationFn: () => call("deleteView", { params: { view: view.id } }),
    onSuccess: async () => {
      await invalidate("listViews");
      say(words.removed(view.name));
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.removeTitle(view.name)}
      foot={
        <>
          <Button onClick={onClose}>{TEXT.cancel}</Button>
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            {words.removeIt}
          </Button>
        </>
      }
    >
      <p>{view.shared ? words.removeShared : words.removeMine}</p>
      {remove.error instanceof ApiFailure && <Refusal failure={remove.error} />}
    </Dialog>
  );
}
