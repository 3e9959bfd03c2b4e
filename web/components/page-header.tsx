/**
 * The head of every page: <Page title="Users" data={<DataLine connection={c} />} actions={<Button…/>} badge={…}>…</Page>.
 * Sets the window's title. <Card title="People with access" aside={…}>…</Card> and <Facts items={[[label, value]]} />
 * are its usual content.
 */
import { type ReactNode, useEffect } from "react";
import { TEXT } from "../text/console.ts";
import { cx } from "./ui/cx.ts";

export function Page({
  title,
  name,
  badge,
  sub,
  data,
  actions,
  children,
}: {
  title: ReactNode;
  /** For the window's title where `title` is more than text. */
  name?: string;
  badge?: ReactNode;
  sub?: ReactNode;
  data?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const text = name ?? (typeof title === "string" ? title : null);
  useEffect(() => {
    document.title = text ? TEXT.windowTitle(text) : TEXT.product;
  }, [text]);
  return (
    <div className="flex flex-[1_0_auto] flex-col gap-4 has-[[data-fills]]:min-h-[34rem] has-[[data-fills]]:flex-[1_1_0] print:min-h-0">
      <header className="grid gap-1.5">
        {data}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 tabIndex={-1} className="min-w-0 break-words outline-none">
            {title}
          </h1>
          {badge}
          {actions && <div className="screen-only flex flex-wrap gap-2 sm:ml-auto">{actions}</div>}
        </div>
        {sub && <div className="text-dim">{sub}</div>}
      </header>
      {children}
    </div>
  );
}

export function Card({
  title,
  aside,
  children,
  className,
  flush = false,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  /** No padding: for tables that reach the edge. */
  flush?: boolean;
}) {
  return (
    <section className={cx("card min-w-0", className)}>
      {(title || aside) && (
        <div className="flex flex-wrap items-baseline justify-between gap-2 px-4 pt-3.5 pb-1">
          {title && <h2 className="eyebrow">{title}</h2>}
          {aside && <div className="text-sm text-dim">{aside}</div>}
        </div>
      )}
      <div className={flush ? "pt-1" : cx("px-4 pb-4", title || aside ? "pt-1.5" : "pt-4")}>{children}</div>
    </section>
  );
}

/** Label left, value right, a hairline between. `indent` for parts of the line above; `main`: what the others are parts of. */
export function Facts({
  items,
}: {
  items: readonly {
    label: ReactNode;
    value: ReactNode;
    indent?: boolean;
    main?: boolean;
    note?: ReactNode;
  }[];
}) {
  return (
    <dl className="divide-y">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the order of facts is fixed
        <div key={index} className="flex items-baseline justify-between gap-4 py-1.5">
          <dt className={cx("min-w-0", item.indent && "pl-4 text-dim", item.main && "font-medium")}>
            {item.label}
          </dt>
          <dd className="flex flex-wrap justify-end gap-x-2 text-right">
            {item.note && <span className="text-sm text-dim">{item.note}</span>}
            <span className={cx(item.main && "text-xl [&_a]:font-semibold")}>{item.value}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
