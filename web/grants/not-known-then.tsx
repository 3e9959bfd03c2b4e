/** Asked for a time before the first complete listing: how it stood then is not known, which is no list of 0. */
import { ApiFailure } from "../api/client.ts";
import { Empty } from "../components/states.tsx";
import { useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { exact } from "../format/time.ts";
import { useView } from "../search.ts";
import { grantWords } from "../text/grants.ts";

const { notKnownThen: words, clearAsOf } = grantWords;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/;

export const isNotKnownThen = (error: unknown): error is ApiFailure =>
  error instanceof ApiFailure && error.code === "not_known_then";

/** A date alone begins at midnight UTC, as the API reads it. */
function told(asOf: string | undefined, timeZone: string | undefined): string | null {
  const at = Date.parse(asOf ?? "");
  return Number.isNaN(at) ? null : exact(new Date(at).toISOString(), { timeZone });
}

export function NotKnownThen({ error }: { error: ApiFailure }) {
  const [{ asOf }, change] = useView();
  const timeZone = useZone();
  const first = TIME.exec(error.message)?.[0];
  return (
    <Empty
      title={words.title}
      action={<Button onClick={() => change({ asOf: undefined })}>{clearAsOf}</Button>}
    >
      {first ? words.first(exact(first, { timeZone }), told(asOf, timeZone)) : words.never}
    </Empty>
  );
}
