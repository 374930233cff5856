import type { ReactNode } from 'react';

export interface NoticeProps {
  title: string;
  children?: ReactNode;
  /** What can be done about it: buttons, links. */
  actions?: ReactNode;
  /** Heading level 1 on a page of its own. */
  heading?: 'h1' | 'h2';
}

/** Something to say instead of content: a few words on a leaf of ruled paper. */
export function Notice({ title, children, actions, heading: Heading = 'h1' }: NoticeProps) {
  return (
    <div className="ruled mx-auto w-full max-w-xl rounded-2xl border border-line bg-paper bg-[position:0_-8px] py-8 pr-5 pl-16 shadow-sheet [--margin-at:44px] [--row:32px] sm:pr-12 sm:pl-[88px] sm:[--margin-at:64px]">
      <Heading className="font-semibold font-serif text-2xl leading-8">{title}</Heading>
      {children !== undefined && <div className="font-serif text-lg text-soft leading-8">{children}</div>}
      {actions !== undefined && (
        <div className="flex flex-wrap gap-2 pt-5 pb-1 pointer-fine:pt-7">{actions}</div>
      )}
    </div>
  );
}
