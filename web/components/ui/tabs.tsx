/**
 * <Tabs value={tab} onChange={setTab} label="Integrations" tabs={[{ id: "all", label: "All", count: 2, content: … }]} />.
 * Keep `value` in the address bar (`useView`).
 */
import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

export interface Tab {
  id: string;
  label: string;
  count?: number;
  content: ReactNode;
}

export function Tabs({
  value,
  onChange,
  label,
  tabs,
}: {
  value: string;
  onChange: (id: string) => void;
  label: string;
  tabs: readonly Tab[];
}) {
  return (
    <Radix.Root
      value={value}
      onValueChange={onChange}
      className="has-[[data-fills]]:flex has-[[data-fills]]:min-h-0 has-[[data-fills]]:flex-1 has-[[data-fills]]:flex-col"
    >
      <Radix.List aria-label={label} className="screen-only flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="h-9 border-b-2 border-transparent px-3 whitespace-nowrap text-dim outline-offset-[-2px] hover:text-ink data-[state=active]:border-link data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="ml-1.5 rounded-full bg-sunken px-1.5 text-sm font-normal text-dim">
                {tab.count.toLocaleString()}
              </span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content
          key={tab.id}
          value={tab.id}
          className="pt-4 outline-offset-4 has-[[data-fills]]:flex has-[[data-fills]]:min-h-0 has-[[data-fills]]:flex-1 has-[[data-fills]]:flex-col"
        >
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
