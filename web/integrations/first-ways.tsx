/** While nothing is connected: connect, or look around with sample data. */
import { Link } from "@tanstack/react-router";
import { FlaskConical, Plug } from "lucide-react";
import { useState } from "react";
import { CopyButton } from "../components/copy-button.tsx";
import { Button } from "../components/ui/button.tsx";
import { integrations } from "../text/integrations.ts";

const words = integrations.first;

export function FirstWays({ admin }: { admin: boolean }) {
  const [sample, setSample] = useState(false);
  if (!admin) return <p className="text-dim">{words.viewer}</p>;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <section className="card grid content-start gap-2 border-link/40 p-5">
        <Plug aria-hidden className="size-6 text-link" />
        <h2>{words.title}</h2>
        <p className="text-dim">{words.text}</p>
        <div className="mt-2">
          <Button look="solid" asChild>
            <Link to="/integrations" search={{ connect: "1" }}>
              {integrations.connect}
            </Link>
          </Button>
        </div>
      </section>
      <section className="card grid content-start gap-2 p-5">
        <FlaskConical aria-hidden className="size-6 text-dim" />
        <h2>{words.sample}</h2>
        <p className="text-dim">{words.sampleText}</p>
        <div className="mt-2">
          <Button aria-expanded={sample} onClick={() => setSample(!sample)}>
            {words.sampleShow}
          </Button>
        </div>
        {sample && (
          <div className="mt-2 grid gap-2 text-sm">
            <p className="text-dim">{words.sampleHow}</p>
            <div className="flex flex-wrap items-center gap-2">
              <code className="rounded bg-sunken px-2 py-1 font-mono">{words.sampleCommand}</code>
              <CopyButton text={words.sampleCommand} />
            </div>
          </div>
        )}
      </section>
    </div>
  );
}
