const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const sameYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' });
const otherYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', year: 'numeric' });

/**
 * How long ago something was, as a person would say it: "just now", "5 minutes ago", "yesterday", then the date.
 * A moment in the future counts as now: clocks differ.
 *
 * @param then - milliseconds since the epoch
 * @param now - milliseconds since the epoch
 */
export function relativeTime(then: number, now: number): string {
  const ago = Math.max(0, now - then);
  if (ago < MINUTE_MS) return 'just now';
  if (ago < HOUR_MS) return relative.format(-Math.floor(ago / MINUTE_MS), 'minute');
  const days = calendarDays(then, now);
  if (days === 0 || ago < 6 * HOUR_MS) return relative.format(-Math.floor(ago / HOUR_MS), 'hour');
  if (days < 7) return relative.format(-days, 'day');
  const format = new Date(then).getFullYear() === new Date(now).getFullYear() ? sameYear : otherYear;
  return format.format(then);
}

/** Midnights between two moments, here. */
function calendarDays(then: number, now: number): number {
  return Math.round((midnight(now) - midnight(then)) / DAY_MS);
}

function midnight(moment: number): number {
  const date = new Date(moment);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
