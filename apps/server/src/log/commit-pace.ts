/**
 * So many appends a second, and a few in a row, are committed at once, each by itself if need be. What goes beyond is
 * busy.
 */
const PROMPT_APPENDS = 8;
const MS_PER_PROMPT_APPEND = 5;

/** How soon one commit may follow another while it is busy: the sooner, the fewer had to share it. */
const MIN_INTERVAL_MS = 4;
const INTERVAL_PER_APPEND_MS = 3;
const MAX_INTERVAL_MS = 25;

/**
 * Decides how long a commit waits for company. An idle server commits at once; a busy one gathers, since a commit, and
 * an event to each of those who listen, cost about the same however much is in them.
 */
export class CommitPace {
  #prompt = PROMPT_APPENDS;
  #countedAt = 0;

  /**
   * How long after the beginning of a commit the next one may begin.
   *
   * @param appends - in that commit
   * @param begunAt - in the milliseconds of any clock that never goes back
   */
  intervalMs(appends: number, begunAt: number): number {
    const regained = (begunAt - this.#countedAt) / MS_PER_PROMPT_APPEND;
    this.#prompt = Math.min(this.#prompt + regained, PROMPT_APPENDS) - appends;
    this.#countedAt = begunAt;
    if (this.#prompt >= 0) return 0;
    this.#prompt = 0;
    return Math.min(MIN_INTERVAL_MS + INTERVAL_PER_APPEND_MS * (appends - 1), MAX_INTERVAL_MS);
  }
}
