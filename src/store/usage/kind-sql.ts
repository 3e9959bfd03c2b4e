/** The same as `kindOfUse` of model/usage.ts, in SQL. */
import { type RawBuilder, sql } from "kysely";
import { type KindOfUse, PAGE_OPENED } from "../../model/usage.ts";
import { jsonField } from "../engine/engine.ts";

// `coalesce` is for events without a type; and it keeps PostgreSQL from joining what a bare `in` names, in an order of its own.
/** Types that begin with `data_change`: found along the index of words, where a capital is another letter on both engines. */
const isChange = sql`coalesce(e.type in (select word from word where text >= 'data_change' and text < 'data_changf'), false)`;
const isAction = sql`coalesce(e.type = (select word from word where text = 'action'), false)`;
const isPage = sql`(coalesce(e.target_type = (select word from word where text = ${PAGE_OPENED}), false)
  or ${jsonField(sql`e.meta_json`, "path")} is not null)`;

/** Of an event `e`. */
export const IS_OF_KIND: Record<KindOfUse, RawBuilder<unknown>> = {
  changed: isChange,
  viewed: sql`(${isAction} and ${isPage})`,
  acted: sql`(${isAction} and not ${isPage})`,
  other: sql`(not ${isAction} and not ${isChange})`,
};
