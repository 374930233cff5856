import type { ReactNode } from 'react';

export interface NoticeProps {
  title: string;
  children?: ReactNode;
  /** What can be done about it: buttons, links. */
  actions?: ReactNode;
  /** Heading level 1 on a page of its own. */
  heading?: 'h1' | 'h2';
}

/** Something to say instead of content: a leaf of ruled paper with a few words on it. */
export function Notice({ title, children, actions, heading: Heading = 'h1' }: NoticeProps) {
  return (
    <div className="ruled mx-auto w-full max-w-xl overflow-hidden rounded-2xl border border-line bg-paper bg-[position:0_0] py-10 pr-6 pl-[96px] shadow-sheet sm:pr-12">
      <Heading className="font-semibold font-serif text-2xl leading-10">{title}</Heading>
      {children !== undefined && <div className="text-soft leading-10">{children}</div>}
      {actions !== undefined && <div className="flex flex-wrap gap-2 pt-5">{actions}</div>}
    </div>
  );
}
