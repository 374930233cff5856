import type { DocumentSummary } from '@cahier/protocol';
import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { rights } from '../documents/rights.ts';
import { ShareDialog } from './share-dialog.tsx';

/** Opens the list of who has access; the owner shares from there. */
export function ShareButton({ document }: { document: DocumentSummary }) {
  const [open, setOpen] = useState(false);
  const { share } = rights[document.role];
  const Icon = share ? UserPlus : Users;
  const label = share ? 'Share' : 'Members';
  return (
    <>
      <Button
        variant={share ? 'primary' : 'quiet'}
        aria-label={label}
        onClick={() => setOpen(true)}
        className="max-sm:w-11 max-sm:px-0"
      >
        <Icon aria-hidden className="size-4" />
        <span className="max-sm:hidden">{label}</span>
      </Button>
      <ShareDialog document={document} open={open} onClose={() => setOpen(false)} />
    </>
  );
}
