import { ChevronDown, ChevronUp, History, X } from 'lucide-react';
import { IconButton } from '../../ui/button.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import type { Meanwhile } from './use-meanwhile.ts';

/** Tells what others have done in one's absence, and leads from place to place. */
export function MeanwhileBar({ meanwhile }: { meanwhile: Meanwhile }) {
  const { summary, stepped, byBoth, step, dismiss } = meanwhile;
  return (
    <>
      <div role="status" className="sr-only">
        {stepped === '' ? summary : stepped}
      </div>
      {summary !== null && (
        <section
          aria-label="Changes while you were away"
          className="mx-auto flex max-w-[52rem] items-center gap-1 border-line border-b bg-accent-wash py-0.5 pr-1.5 pl-4 sm:border-x sm:pl-5"
        >
          <History aria-hidden className="mr-1.5 size-4 shrink-0 text-accent max-sm:hidden" />
          <p className="min-w-0 flex-1 py-1.5 text-[0.8125rem] text-ink leading-snug">
            {summary}
            {byBoth && <span className="sr-only"> Press F8 to go to what you changed, too.</span>}
          </p>
          <Tooltip label="Previous change" shortcut="Shift+F8">
            <IconButton label="Previous change" onClick={() => step(-1)}>
              <ChevronUp aria-hidden className="size-4.5" />
            </IconButton>
          </Tooltip>
          <Tooltip label="Next change" shortcut="F8">
            <IconButton label="Next change" onClick={() => step(1)}>
              <ChevronDown aria-hidden className="size-4.5" />
            </IconButton>
          </Tooltip>
          <IconButton label="Dismiss changes" onClick={dismiss}>
            <X aria-hidden className="size-4.5" />
          </IconButton>
        </section>
      )}
    </>
  );
}
