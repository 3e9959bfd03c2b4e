/** What stands around a page for somebody who isn't signed in: a card in the middle, and whether it is sample data. */
import type { ReactNode } from "react";
import { Brand } from "../components/brand.tsx";
import { SampleBand } from "../components/sample-band.tsx";

export function Frame({
  title,
  text,
  sample = false,
  wide = false,
  children,
}: {
  title: string;
  text?: ReactNode;
  sample?: boolean;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="flex min-h-dvh flex-col bg-canvas">
      {sample && <SampleBand />}
      <main className="mx-auto flex w-full flex-1 flex-col justify-center px-4 py-10">
        <div className={`mx-auto w-full ${wide ? "max-w-3xl" : "max-w-sm"}`}>
          <div className="mb-4 text-lg">
            <Brand />
          </div>
          <div className="card p-6 max-sm:p-5">
            <h1>{title}</h1>
            {text && <p className="mt-1 text-dim">{text}</p>}
            <div className="mt-5">{children}</div>
          </div>
        </div>
      </main>
    </div>
  );
}
