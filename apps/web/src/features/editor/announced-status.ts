import { useEffect, useState } from 'react';
import type { StatusText } from './status-text.ts';

/** What passes sooner is not said: every letter that is typed is on its way for a moment. */
export const SAID_AFTER_MS = 3_000;
/** How many edits wait changes with every letter: it is said again at this distance. */
export const REPEATED_AFTER_MS = 30_000;

/** Whether somebody has to know, who does not look: that all is well is said only to those who heard that it was not. */
const matters = (status: StatusText | null) => status?.tone === 'warning' || status?.tone === 'delayed';

const wordsOf = (status: StatusText | null) =>
  status === null ? '' : `${status.text}${status.note === undefined ? '' : `. ${status.note}`}`;

/**
 * Decides what of the status is said to those who do not see it, and when.
 *
 * The status changes with every key; a screen reader that read it all would leave no room for the text.
 */
export class StatusAnnouncer {
  readonly #say: (words: string) => void;
  #status: StatusText | null = null;
  #said = '';
  #saidAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  update(status: StatusText | null): void {
    const [before, now] = [matters(this.#status), matters(status)];
    this.#status = status;
    if (before === now && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isAbout = now && this.#said !== '';
    if (now ? wordsOf(status) === this.#said : this.#said === '' || status?.tone === 'busy') return;
    const dueAt = isAbout ? this.#saidAt + REPEATED_AFTER_MS : 0;
    this.#timer = setTimeout(() => this.#announce(), Math.max(SAID_AFTER_MS, dueAt - Date.now()));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #announce(): void {
    this.#timer = undefined;
    this.#saidAt = Date.now();
    this.#say(wordsOf(this.#status));
    this.#said = matters(this.#status) ? wordsOf(this.#status) : '';
  }
}

/** What is said at the moment; to be written into a live region. */
export function useAnnouncedStatus(status: StatusText | null): string {
  const [words, say] = useState('');
  const [announcer] = useState(() => new StatusAnnouncer(say));
  const { text, tone, note } = status ?? {};
  useEffect(() => {
    announcer.update(
      text === undefined || tone === undefined
        ? null
        : { text, tone, ...(note === undefined ? {} : { note }) },
    );
  }, [announcer, text, tone, note]);
  useEffect(() => () => announcer.stop(), [announcer]);
  return words;
}
