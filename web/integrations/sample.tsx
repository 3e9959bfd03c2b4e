/** *Look around with sample data*: started by a click where that can be, else the command that does it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, Circle, ExternalLink, FlaskConical, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { type Answer, ApiFailure, call } from "../api/client.ts";
import { asked, queries } from "../api/query.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { ShownOnce } from "../components/shown-once.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { sampleWords as words } from "../text/sample.ts";
import { Refusal } from "./refusal.tsx";

type Sample = Answer<"getSample">;
const STEPS = ["simulator", "connect", "read", "changes"] as const;
const STARTING_MS = 1_000;
const QUIET_MS = 30_000;

const useSample = () =>
  useQuery({
    ...asked("getSample", {}),
    refetchInterval: ({ state }) => (state.data?.state === "starting" ? STARTING_MS : QUIET_MS),
  });

const keep = (sample: Sample) => queries.setQueryData(asked("getSample", {}).queryKey, sample);

/** Among the ways to begin. */
export function SampleCard() {
  const { data, error } = useSample();
  return (
    <Frame>
      <p className="text-dim">{words.text}</p>
      {data ? <Body sample={data} /> : error && <Command why={null} />}
    </Frame>
  );
}

/** Once an account is connected: only while sample data runs beside it. */
export function SampleBeside() {
  const { data } = useSample();
  if (!data || data.state === "none" || data.state === "elsewhere") return null;
  return (
    <Frame>
      <Body sample={data} />
    </Frame>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <section aria-label={words.title} className="card grid content-start gap-2 p-5">
      <FlaskConical aria-hidden className="size-6 text-dim" />
      <h2>{words.title}</h2>
      {children}
    </section>
  );
}

function Body({ sample }: { sample: Sample }) {
  const start = useMutation({ mutationFn: () => call("startSample", {}), onSuccess: keep });
  const { state, url, why } = sample;
  if (state === "elsewhere") return <Command why={why} />;
  if (state === "starting") {
    return (
      <>
        <Steps step={sample.step} />
        <div>
          <Stop />
        </div>
      </>
    );
  }
  if (state === "ready" && url) return <Ready url={url} />;
  return (
    <div className="mt-2 grid justify-items-start gap-2">
      {state === "failed" && (
        <p role="alert" className="text-cant">
          {words.failed} {why}
        </p>
      )}
      <Failure error={start.error} />
      <Button busy={start.isPending} onClick={() => start.mutate()}>
        {state === "failed" ? words.again : words.start}
      </Button>
    </div>
  );
}

/** What is done, what is being done, what comes. */
function Steps({ step }: { step: Sample["step"] }) {
  const at = (STEPS as readonly (string | null)[]).indexOf(step);
  return (
    <div role="status" className="grid gap-1">
      <p>{words.making}</p>
      <ol className="grid gap-1">
        {STEPS.map((each, i) => {
          const Icon = i < at ? Check : i === at ? LoaderCircle : Circle;
          return (
            <li
              key={each}
              aria-current={i === at ? "step" : undefined}
              className={`flex items-center gap-2 ${i === at ? "" : "text-dim"}`}
            >
              <Icon
                aria-hidden
                className={`size-4 shrink-0 ${i < at ? "text-well" : i === at ? "animate-spin text-link" : ""}`}
              />
              {words.steps[each]}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Ready({ url }: { url: string }) {
  const code = useMutation({ mutationFn: () => call("newSampleCode", {}) });
  return (
    <div className="mt-2 grid gap-3">
      <p>{words.ready}</p>
      {code.data?.code && (
        <ShownOnce
          label={words.code}
          text={code.data.code}
          note={
            <>
              {words.codeNote} <Time at={code.data.endsAt!} as="clock" />.
            </>
          }
        />
      )}
      {code.data && code.data.code === null && <p className="text-dim">{words.claimed}</p>}
      <Failure error={code.error} />
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <a href={url} target="_blank" rel="noreferrer">
            {words.open} <ExternalLink aria-hidden />
          </a>
        </Button>
        {!code.data && (
          <Button busy={code.isPending} onClick={() => code.mutate()}>
            {words.showCode}
          </Button>
        )}
        <Stop />
      </div>
    </div>
  );
}

function Stop() {
  const stop = useMutation({ mutationFn: () => call("stopSample", {}), onSuccess: keep });
  return (
    <>
      <Failure error={stop.error} />
      <Button look="quiet" busy={stop.isPending} onClick={() => stop.mutate()}>
        {words.stop}
      </Button>
    </>
  );
}

const Failure = ({ error }: { error: unknown }) =>
  error instanceof ApiFailure ? <Refusal failure={error} /> : null;

function Command({ why }: { why: string | null }) {
  return (
    <div className="mt-2 grid gap-2 text-sm">
      {why && <p>{why}</p>}
      <p className="text-dim">{words.how}</p>
      <div className="flex flex-wrap items-center gap-2">
        <code className="rounded bg-sunken px-2 py-1 font-mono">{words.command}</code>
        <CopyButton text={words.command} />
      </div>
    </div>
  );
}
