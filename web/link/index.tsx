/**
 * Behind a one-time link: a Site Admin elsewhere gives a credential, and sees nothing of us. What opens it stands in the
 * address's fragment, which no browser sends to a server.
 */
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Answer, ApiFailure } from "../api/client.ts";
import { asked } from "../api/query.ts";
import { Failed, Loading } from "../components/states.tsx";
import { exact } from "../format/time.ts";
import { Guide } from "../integrations/connect/guide.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { Frame } from "../sign-in/frame.tsx";
import { TEXT } from "../text/console.ts";
import { link as words } from "../text/link.ts";
import { WORD } from "../text/words.ts";
import { LinkForm } from "./form.tsx";

type Asked = Answer<"openCredentialLink">;

export default function LinkPage() {
  const link = useLocation({ select: ({ hash }) => hash });
  useEffect(() => {
    document.title = TEXT.windowTitle(words.windowTitle);
  }, []);
  if (!/^[\w-]{20,100}$/.test(link)) return <NotWhole />;
  return <Opened key={link} link={link} />;
}

function NotWhole() {
  const failure = new ApiFailure(0, "link_not_usable", words.notWholeText, words.notWholeCure);
  return (
    <Frame title={words.notWhole}>
      <Refusal failure={failure} />
    </Frame>
  );
}

function Opened({ link }: { link: string }) {
  const [done, setDone] = useState(false);
  const found = useQuery({
    ...asked("openCredentialLink", { body: { link } }),
    // Once used it is over: what was asked for is not asked again.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const { data, error } = found;
  if (done) {
    return (
      <Frame title={words.doneTitle} text={words.done}>
        <p className="text-dim">{words.doneEnd}</p>
      </Frame>
    );
  }
  if (data) return <Give link={link} wanted={data} onDone={() => setDone(true)} />;
  if (error instanceof ApiFailure && error.code === "link_not_usable") {
    return (
      <Frame title={words.notUsable}>
        <Refusal failure={error} />
      </Frame>
    );
  }
  return (
    <Frame title={words.windowTitle}>
      {error ? <Failed error={error} retry={() => void found.refetch()} /> : <Loading rows={3} />}
    </Frame>
  );
}

function Give({ link, wanted, onDone }: { link: string; wanted: Asked; onDone: () => void }) {
  const { name, credentialKind, permissionType, replaces, usage, endsAt } = wanted;
  const acts = permissionType === "read_and_act";
  return (
    <Frame
      wide
      title={replaces ? words.replaceTitle(name) : words.title(name)}
      text={
        <>
          {words.text(acts)}
          <span className="mt-1 block">
            {words.kind}: {WORD.credential[credentialKind]} · {words.until} {exact(endsAt)}
          </span>
        </>
      }
    >
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <LinkForm link={link} kind={credentialKind} onDone={onDone} />
        <aside className="border-line max-lg:border-t max-lg:pt-4 lg:border-l lg:pl-6">
          <Guide kind={credentialKind} usage={usage} acts={acts} />
        </aside>
      </div>
    </Frame>
  );
}
