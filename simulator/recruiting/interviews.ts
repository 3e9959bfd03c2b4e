import type { User } from "../org/types.ts";
import type { Made, Rows } from "./derived.ts";
import { derivedRows, latest, remembered } from "./derived.ts";
import type { Moment } from "./moments.ts";
import { stillActs } from "./moments.ts";
import type { Setting } from "./setting.ts";
import { candidateWord, date, dayMs, pick, time, who } from "./setting.ts";

const list = 101;
const seats = 4;
const replies = ["accepted", "accepted", "accepted", "tentative", "declined", "needs_action"] as const;
const ratings = ["strong_yes", "yes", "no", "strong_no", "no_decision"] as const;

/** A place on the panel of an interview. Scorecards have the number of their seat. */
interface Seat {
  /** null: somebody from outside, who has no scorecard. */
  user: User | null;
  userId: number | null;
  reply: string;
  repliedAt: number | null;
  /** Who filed the scorecard, and when; null where nobody did. */
  filed: { user: User; ms: number } | null;
  n: number;
}
/** An interview from its scheduling to its last scorecard, as the seed has it. */
interface Story {
  createdAt: number;
  /** Without whom, at that time, there is none. */
  needs: Moment;
  organizer: User | null;
  job: number;
  n: number;
  starts: number;
  ends: number;
  lateAt: number | null;
  panel: (Seat | null)[];
}

/** Interviews, their panels and the scorecards: three lists of the same stories. */
export function makeInterviews(s: Setting): { interviews: Rows; interviewers: Rows; scorecards: Rows } {
  const { org, visits, h, f } = s;
  const regular = org.sizes.users * 0.02;
  const usual = s.slots(list, regular);
  const slots = s.slots(list, regular, (day) => visits.of(day).length);
  const seeded = remembered(8192, (slot) => {
    const day = slots.dayOf(slot);
    const number = slot - slots.first(day);
    const plain = usual.first(day + 1) - usual.first(day);
    return number < plain
      ? planned(s, slot, day, (number + f(list, slot, 4)) / plain)
      : visited(s, slot, day, number - plain);
  });
  const story = (slot: number): Story | null => {
    const one = seeded(slot);
    return one && stillActs(one.needs.user, one.needs.ms) ? one : null;
  };
  const source = { ids: org.ids, slots, late: (slot: number) => s.late(list, slot) };
  return {
    interviews: derivedRows({
      ...source,
      kind: "interview",
      parts: 1,
      make: (slot, _part, now) => interview(s, story(slot), slot, now),
    }),
    interviewers: derivedRows({
      ...source,
      kind: "interviewer",
      parts: seats,
      make: (slot, part, now) => interviewer(s, story(slot), slot, part, now),
    }),
    scorecards: derivedRows({
      ...source,
      kind: "scorecard",
      parts: seats,
      make: (slot, part, now) => scorecard(s, story(slot), slot, part, now),
    }),
  };

  /** Somebody schedules, others interview days later, and most of them file their scorecard. */
  function planned({ draw, jobAt, lateAt }: Setting, slot: number, day: number, place: number): Story | null {
    const scheduled = draw(day, place);
    if (!scheduled) return null;
    const n = h(list, slot, 5);
    const held = workingDay(day + 1 + (n % 9));
    const starts = held * dayMs + (32 + ((n >>> 4) % 32)) * 900_000;
    const ends = starts + (2 + ((n >>> 9) % 3)) * 900_000;
    const panel = Array.from({ length: seats }, (_, k) => seat(slot, day, held, ends, k));
    const unique = panel.map((one, k) =>
      panel.findIndex((other) => other?.user === one?.user) === k ? one : null,
    );
    return {
      createdAt: scheduled.ms,
      needs: scheduled,
      organizer: scheduled.user,
      job: jobAt(n >>> 3, scheduled.ms),
      n,
      starts,
      ends,
      lateAt: lateAt(list, slot, scheduled.ms),
      panel: unique,
    };
  }

  function seat(slot: number, day: number, held: number, ends: number, k: number): Seat | null {
    const n = h(list, slot, 10 + k);
    const place = f(list, slot, 20 + k);
    const reply = n % 90 === 5 ? "delegated" : pick(replies, n >>> 3);
    const repliedAt = reply === "needs_action" ? null : day * dayMs + dayMs + (n % 50_000_000);
    if (k === seats - 1)
      return n % 8 === 0 ? { user: null, userId: null, reply, repliedAt, filed: null, n } : null;
    if (k > h(list, slot, 6) % (seats - 1)) return null;
    const never = n % 9 === 4;
    const later = [0, 0, 0, 0, 1, 1, 3, 6][(n >>> 5) % 8] as number;
    const same = never ? null : s.draw(workingDay(held + later), place);
    const filed = same && same.ms > ends ? same : never ? null : s.draw(workingDay(held + later + 1), place);
    const assigned = filed && n % 12 !== 3 ? filed.user : (s.draw(day, place)?.user ?? null);
    const user = never && n % 4 === 0 ? org.specials.bo : assigned;
    return user && { user, userId: who(user, n >>> 2, s.stranger), reply, repliedAt, filed, n };
  }

  /** The one interview of somebody who comes for a day. */
  function visited(
    { draw, jobAt, lateAt }: Setting,
    slot: number,
    day: number,
    number: number,
  ): Story | null {
    const visit = visits.of(day)[number];
    if (!visit) return null;
    const user = org.actors[visit.actor] as User;
    const last = visit.pages.at(-1) as number;
    const createdAt = day * dayMs + 5 * 3_600_000 + number * 1000;
    const n = h(list, slot, 5);
    const one: Seat = {
      user,
      userId: user.id,
      reply: "accepted",
      repliedAt: createdAt + 60_000,
      filed: { user, ms: last },
      n,
    };
    return {
      createdAt,
      needs: { user, ms: visit.pages[0] as number },
      organizer: draw(day, f(list, slot, 4))?.user ?? null,
      job: jobAt(h(list, visit.actor, 7), createdAt),
      n,
      starts: last - 3_600_000,
      ends: last - 900_000,
      lateAt: lateAt(list, slot, createdAt),
      panel: [one],
    };
  }
}

const workingDay = (day: number): number => (day % 7 === 2 ? day + 2 : day % 7 === 3 ? day + 1 : day);

/** When a scorecard was filed, if by `now` it was, and by somebody whom no mutation had stopped. */
function filedAt({ filed }: Seat, now: number): number | null {
  return filed && filed.ms <= now && stillActs(filed.user, filed.ms) ? filed.ms : null;
}

const label = (n: number): string => `${candidateWord} ${n % 10_000}`;

function interview(
  { org, jobInterview, application, stranger }: Setting,
  story: Story | null,
  _slot: number,
  now: number,
): Omit<Made, "id"> | null {
  if (!story) return null;
  const { createdAt, organizer, starts, ends, n, job, lateAt } = story;
  const panel = story.panel.filter((one) => one !== null);
  const filed = panel.map((one) => filedAt(one, now));
  const waiting = panel.some((one, i) => one.user && filed[i] === null);
  const unscheduled = n % 40 === 9;
  const allDay = !unscheduled && n % 15 === 2;
  const status =
    n % 70 === 30
      ? "moved_elsewhere"
      : unscheduled
        ? "to_be_scheduled"
        : now < ends
          ? "scheduled"
          : waiting
            ? "awaiting_feedback"
            : "complete";
  return {
    createdAt,
    updatedAt: unscheduled ? createdAt : latest(now, createdAt, ends, ...filed, lateAt),
    row: {
      all_day_end_on: allDay ? date(ends) : null,
      all_day_start_on: allDay ? date(starts) : null,
      application_id: application(n),
      availability_received_at: n % 3 === 0 ? time(createdAt - 3_600_000) : null,
      ends_at: unscheduled || allDay ? null : time(ends),
      external_event_id: n % 6 === 0 ? null : `${candidateWord.toLowerCase()}-event-${n}`,
      job_id: org.jobs[job]?.id ?? null,
      job_interview_id: n % 50 === 21 ? null : jobInterview(job, n),
      location: n % 4 === 0 ? null : `Room ${n % 30}, with ${label(n)}`,
      organizer_id: organizer && stillActs(organizer, createdAt) ? who(organizer, n >>> 5, stranger) : null,
      scheduled_at: unscheduled ? null : time(createdAt),
      starts_at: unscheduled || allDay ? null : time(starts),
      status,
      video_conferencing_url:
        n % 4 === 1 ? null : `https://video.example.net/${candidateWord.toLowerCase()}/${n}`,
    },
  };
}

function interviewer(
  { org }: Setting,
  story: Story | null,
  slot: number,
  part: number,
  now: number,
): Omit<Made, "id"> | null {
  const one = story?.panel[part];
  if (!story || !one) return null;
  const replied = one.repliedAt !== null && one.repliedAt <= now;
  return {
    createdAt: story.createdAt,
    updatedAt: latest(now, story.createdAt, one.repliedAt, filedAt(one, now), story.lateAt),
    row: {
      email: one.user === null ? `guest.${one.n % 1000}@example.com` : one.user.primaryEmail,
      interview_id: org.ids.of("interview", slot),
      response_status: replied ? one.reply : "needs_action",
      scorecard_id: one.user === null ? null : org.ids.of("scorecard", slot * seats + part),
      user_id: one.userId,
    },
  };
}

/** A scorecard is there from the scheduling on, as a draft without submitter. */
function scorecard(
  { kit, application, stranger }: Setting,
  story: Story | null,
  _slot: number,
  part: number,
  now: number,
): Omit<Made, "id"> | null {
  const one = story?.panel[part];
  if (!story || !one || one.user === null) return null;
  const at = filedAt(one, now);
  const { n } = one;
  const words = at === null ? null : `${label(n)} would fit`;
  const tagged = words && `<p>${words}</p>`;
  return {
    createdAt: story.createdAt,
    updatedAt: latest(now, story.createdAt, at, story.lateAt),
    row: {
      application_id: application(story.n),
      candidate_rating: at === null ? null : pick(ratings, n),
      interview_kit_id: kit(story.job, story.n),
      interviewed_at: n % 15 === 6 || now < story.starts ? null : time(story.starts),
      interviewer_id: one.userId,
      notes: words,
      notes_with_tags: tagged,
      private_notes: words,
      private_notes_with_tags: tagged,
      public_notes: words,
      public_notes_with_tags: tagged,
      status: at === null ? "draft" : n % 50 === 13 ? "under_review" : "complete",
      submitted_at: at === null || n % 80 === 33 ? null : time(at),
      submitter_id: at === null ? null : who(one.filed?.user ?? null, n >>> 7, stranger),
    },
  };
}
