import type { Rows } from "./derived.ts";
import { derivedRows, latest, remembered } from "./derived.ts";
import { stillActs } from "./moments.ts";
import type { Setting } from "./setting.ts";
import { candidateWord, dayMs, time, who } from "./setting.ts";

const list = 102;

/** Who rejected an application, and when. One in twenty-five was rejected by nobody: a rule did. */
export function makeRejections(s: Setting): Rows {
  const { org, draw, h, f, lateAt, application, stranger } = s;
  const slots = s.slots(list, org.sizes.users * 0.03);
  const moment = remembered(8192, (slot) => {
    const day = slots.dayOf(slot);
    const [first, next] = [slots.first(day), slots.first(day + 1)];
    return draw(day, (slot - first + f(list, slot, 4)) / (next - first));
  });
  return derivedRows({
    ids: org.ids,
    kind: "rejection",
    parts: 1,
    slots,
    late: (slot) => s.late(list, slot),
    make(slot, _part, now) {
      const made = moment(slot);
      if (!made || !stillActs(made.user, made.ms)) return null;
      const n = h(list, slot, 5);
      const edited = n % 5 === 0 ? made.ms + (n % 7) * dayMs : null;
      return {
        createdAt: made.ms,
        updatedAt: latest(now, made.ms, edited, lateAt(list, slot, made.ms)),
        row: {
          application_id: application(n),
          question_custom_fields:
            n % 2 === 0
              ? null
              : {
                  reapply: {
                    name: "Reapply",
                    type: "single_select",
                    value: (n >>> 3) % 2 === 0 ? "Later" : "Other role",
                  },
                  feedback: {
                    name: "Feedback",
                    type: "long_text",
                    value: `${candidateWord} ${n % 10_000} was told`,
                  },
                },
          rejected_at: n % 70 === 8 ? null : time(made.ms),
          rejected_by_id: n % 25 === 3 ? null : who(made.user, n >>> 4, stranger),
          rejection_note_id: n % 3 === 0 ? null : org.ids.of("applicant", n % 1_000_000),
          rejection_reason_id: n % 30 === 4 ? null : org.ids.of("reason", (n >>> 2) % 12),
        },
      };
    },
  });
}
