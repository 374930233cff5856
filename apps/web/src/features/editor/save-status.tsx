import type { ProviderState } from '@cahier/y-mercure';
import clsx from 'clsx';
import { Check, CloudOff, Hourglass, RefreshCw } from 'lucide-react';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useLasting } from '../../ui/use-lasting.ts';
import { useAnnouncedStatus } from './announced-status.ts';
import { statusText } from './status-text.ts';

/** A stream is renewed every few minutes, and many a proxy cuts it: that alone worries nobody. */
const SAID_AFTER_MS = 3_000;

const icons = { calm: Check, delayed: Hourglass, busy: RefreshCw, warning: CloudOff };

/** Whether what was typed is safe; said aloud only when it has to be known. Takes the same room whatever it says; more is said to whoever lingers on it. */
export function SaveStatus({ state, writes }: { state: ProviderState; writes: boolean }) {
  const interrupted = state.phase === 'live' && state.stream === 'connecting';
  const status = statusText(state, writes, useLasting(interrupted, SAID_AFTER_MS));
  const announced = useAnnouncedStatus(status);
  const Icon = icons[status?.tone ?? 'calm'];
  const note = status?.note;
  const line = 'flex items-center gap-1.5 rounded-md';
  const content = (
    <>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {status?.text}
    </>
  );
  return (
    <>
      <div role="status" className="sr-only">
        {announced}
      </div>
      <div
        data-testid="save-status"
        className={clsx(
          'flex min-w-24 items-center whitespace-nowrap text-[0.8125rem]',
          status?.tone === 'warning' ? 'font-medium text-warning' : 'text-soft',
        )}
      >
        {status !== null && note === undefined && <span className={line}>{content}</span>}
        {status !== null && note !== undefined && (
          <>
            <Tooltip label={note}>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard reaches the explanation, too */}
              <span className={line} tabIndex={0}>
                {content}
              </span>
            </Tooltip>
            <span className="sr-only">. {note}</span>
          </>
        )}
      </div>
    </>
  );
}
