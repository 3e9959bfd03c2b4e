/** While nothing is connected: connect, or look around with sample data. */
import { Link } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { Button } from "../components/ui/button.tsx";
import { integrations } from "../text/integrations.ts";
import { SampleCard } from "./sample.tsx";

const words = integrations.first;

export function FirstWays({ admin }: { admin: boolean }) {
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
      <SampleCard />
    </div>
  );
}
