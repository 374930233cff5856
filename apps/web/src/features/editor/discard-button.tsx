import type { Provider } from '@cahier/y-mercure';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { documentQuery, forgetDocument, unsentQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toasts.tsx';
import { useUser } from '../session/session-guard.tsx';

export interface DiscardButtonProps {
  documentId: string;
  provider: Provider;
  unsent: number;
}

/** Forgets edits that are nowhere else, once it has been asked whether that is meant. */
export function DiscardButton({ documentId, provider, unsent }: DiscardButtonProps) {
  const me = useUser();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [asks, setAsks] = useState(false);
  const edits = unsent === 1 ? '1 edit' : `${unsent} edits`;

  const discard = async () => {
    setAsks(false);
    await provider.discard();
    forgetDocument(documentId);
    queryClient.removeQueries({ queryKey: documentQuery(documentId).queryKey });
    await queryClient.invalidateQueries({ queryKey: unsentQuery(me.id).queryKey });
    await navigate({ to: '/' });
    toast(`${unsent === 1 ? 'The edit is' : `The ${edits} are`} discarded.`);
  };

  return (
    <>
      <Button variant="danger" onClick={() => setAsks(true)}>
        Discard {unsent === 1 ? 'it' : 'them'}
      </Button>
      <Dialog
        open={asks}
        onClose={() => setAsks(false)}
        title={`Discard ${edits}?`}
        description={`${unsent === 1 ? 'It was' : 'They were'} never saved and ${unsent === 1 ? 'is' : 'are'} nowhere but on this device. This cannot be undone.`}
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsks(false)}>Keep {unsent === 1 ? 'it' : 'them'}</Button>
          <Button variant="danger" onClick={discard}>
            Discard
          </Button>
        </div>
      </Dialog>
    </>
  );
}
