import type { DocumentSummary } from '@cahier/protocol';
import { UserPlus, Users } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toasts.tsx';
import { rights } from '../documents/rights.ts';
import { ShareDialog } from './share-dialog.tsx';
import { useAccessRequests, useNewRequests } from './use-access-requests.ts';

/** Opens the list of who has access; the owner shares from there, and is told here who asks for access. */
export function ShareButton({ document }: { document: DocumentSummary }) {
  const [open, setOpen] = useState(false);
  const { share } = rights[document.role];
  const asking = useAccessRequests(document.id, share);
  const news = useRef<(() => void)[]>([]);
  const show = () => {
    // What is answered in the dialog need not be said above it.
    for (const takeAway of news.current.splice(0)) takeAway();
    setOpen(true);
  };
  useNewRequests(asking, ({ person }) => {
    const action = { label: 'Answer', onPress: show };
    news.current.push(toast(`${person.name} asks for access.`, { action }));
  });
  const count = asking.requests.length;
  const Icon = share ? UserPlus : Users;
  const label = share ? 'Share' : 'Members';
  return (
    <>
      <Button
        variant={share ? 'primary' : 'quiet'}
        aria-label={
          count === 0
            ? label
            : `${label}: ${count === 1 ? '1 person asks' : `${count} people ask`} for access`
        }
        onClick={show}
        className="relative max-sm:w-11 max-sm:px-0"
      >
        <Icon aria-hidden className="size-4" />
        <span className="max-sm:hidden">{label}</span>
        {count > 0 && (
          <span
            aria-hidden
            className="absolute -top-1.5 -right-1 flex h-5 min-w-5 items-center justify-center rounded-full bg-danger px-1 font-semibold text-paper text-xs ring-2 ring-desk"
          >
            {count}
          </span>
        )}
      </Button>
      <ShareDialog document={document} open={open} onClose={() => setOpen(false)} />
    </>
  );
}
