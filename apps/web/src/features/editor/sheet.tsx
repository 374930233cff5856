import clsx from 'clsx';
import { type ReactNode, useRef } from 'react';
import { useCoveredTop } from './covered-top.ts';

interface FrameProps {
  header: ReactNode;
  toolbar: ReactNode;
  /** Below the toolbar. */
  notice?: ReactNode;
  children: ReactNode;
}

/** Header and toolbar stay in sight, the page scrolls below them. */
export function Frame({ header, toolbar, notice, children }: FrameProps) {
  const top = useRef<HTMLElement>(null);
  useCoveredTop(top);
  return (
    <div className="flex min-h-dvh flex-col">
      <header ref={top} className="sticky top-0 z-30 bg-desk">
        {header}
        {toolbar && (
          <div className="mx-auto max-w-[52rem] border-line border-t bg-paper sm:rounded-t-2xl sm:border-x">
            <div className="border-line border-b">{toolbar}</div>
          </div>
        )}
        {notice}
      </header>
      <main className="mx-auto flex w-full max-w-[52rem] flex-1 flex-col">{children}</main>
    </div>
  );
}

/** The sheet of paper. `top`: no toolbar covers its upper edge. */
export function Sheet({ top, children }: { top: boolean; children: ReactNode }) {
  return (
    <div
      className={clsx(
        'flex-1 border-line bg-paper px-5 pt-8 sm:border-x sm:px-16 sm:pt-12 md:px-20',
        top && 'border-t sm:rounded-t-2xl',
      )}
    >
      {children}
    </div>
  );
}
