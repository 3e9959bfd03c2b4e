/** The guide beside the form: what to click in Greenhouse for this kind of credential. */

import type { ReactNode } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import {
  ACT_SCOPES_V1,
  ACT_SCOPES_V3,
  guide,
  SCOPES_V1,
  SCOPES_V3,
  type Scope,
  stepsOf,
} from "../../text/guide.ts";
import { Marked } from "./marked.tsx";

interface Props {
  kind: "harvest_v3" | "harvest_v1";
  /** false: nothing is asked for that only usage needs. */
  usage?: boolean;
  /** The connection is to act too. */
  acts?: boolean;
}

export function Guide({ kind, usage = true, acts = false, children }: Props & { children?: ReactNode }) {
  const v3 = kind === "harvest_v3";
  return (
    <section aria-labelledby="guide-title" className="text-sm text-dim">
      <h3 id="guide-title" className="mb-2 text-base font-semibold text-ink">
        {guide.title}
      </h3>
      {!v3 && <p className="mb-3 rounded bg-look-soft px-3 py-2 text-look">{guide.v1Band}</p>}
      <ol className="ml-5 list-decimal space-y-2">
        {stepsOf(kind, acts).map(({ text, note }) => (
          <li key={text}>
            <Marked text={text} />
            {note && (
              <span className="mt-0.5 block">
                <Marked text={note} />
              </span>
            )}
          </li>
        ))}
      </ol>
      {children}
      <Scopes kind={kind} usage={usage} acts={acts} />
      <h4 className="mt-4 mb-1 font-semibold text-ink">{guide.actsAs}</h4>
      <p>
        <Marked text={v3 ? guide.actsAsV3 : guide.actsAsV1} />
      </p>
    </section>
  );
}

/** What to tick, each with what it is for. */
export function Scopes({ kind, usage = true, acts = false }: Props) {
  const v3 = kind === "harvest_v3";
  const scopes = (v3 ? SCOPES_V3 : SCOPES_V1).filter((scope) => usage || !scope.usage);
  return (
    <>
      <ScopeList title={v3 ? guide.scopesV3 : guide.scopesV1} scopes={scopes} code={v3} />
      {acts && <ScopeList title={guide.actScopes} scopes={v3 ? ACT_SCOPES_V3 : ACT_SCOPES_V1} code={v3} />}
    </>
  );
}

function ScopeList({ title, scopes, code }: { title: string; scopes: readonly Scope[]; code: boolean }) {
  return (
    <div className="mt-4">
      <div className="flex items-center justify-between gap-2">
        <h4 className="font-semibold text-ink">{title}</h4>
        <CopyButton text={scopes.map(({ name }) => name).join("\n")} label={guide.copyList} />
      </div>
      <dl className="mt-1 grid grid-cols-1 gap-x-4 gap-y-1 text-sm">
        {scopes.map(({ name, gives, required }) => (
          <div key={name} className="border-t border-line pt-1">
            <dt className={code ? "font-mono text-xs break-all text-ink" : "text-ink"}>{name}</dt>
            <dd className="text-dim">
              {gives}
              {required ? ` (${guide.required})` : ""}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
