import type { AccessRequest, GrantableRole } from '@cahier/protocol';
import { X } from 'lucide-react';
import { useState } from 'react';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { failureText } from '../../ui/failure.ts';
import { FormError } from '../../ui/field.tsx';
import { RoleMenu } from './role-menu.tsx';
import { useAccessRequests } from './use-access-requests.ts';

/** Who asks the owner for access, and what is to be answered. Nothing where nobody asks. */
export function AccessRequests({ documentId }: { documentId: string }) {
  const { requests, grant, decline } = useAccessRequests(documentId, true);
  const failure = grant.error ?? decline.error;
  if (requests.length === 0) return null;
  return (
    <section aria-labelledby="access-requests" className="mb-5 rounded-xl bg-accent-wash px-4 pt-3 pb-1">
      <h3 id="access-requests" className="font-medium text-sm">
        {requests.length === 1 ? 'Somebody asks for access' : `${requests.length} people ask for access`}
      </h3>
      {failure !== null && <FormError>{failureText(failure)}</FormError>}
      <ul aria-label="Requests for access">
        {requests.map(request => (
          <RequestRow
            key={request.person.id}
            request={request}
            isBusy={grant.isPending || decline.isPending}
            onGrant={role => grant.mutate({ userId: request.person.id, role })}
            onDecline={() => decline.mutate(request.person.id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface RequestRowProps {
  request: AccessRequest;
  isBusy: boolean;
  onGrant: (role: GrantableRole) => void;
  onDecline: () => void;
}

function RequestRow({ request: { person, role: present }, isBusy, onGrant, onDecline }: RequestRowProps) {
  const [role, setRole] = useState<GrantableRole>('editor');
  return (
    <li className="flex flex-wrap items-center gap-x-3 py-2">
      <Avatar person={person} />
      <div className="min-w-40 flex-1">
        <div className="truncate font-medium text-sm">{person.name}</div>
        <div className="truncate text-soft text-xs">
          {person.email}
          {present !== null && ' · can read it'}
        </div>
      </div>
      <div className="-mr-2 ml-auto flex items-center">
        <RoleMenu label={`Role for ${person.name}`} role={role} onChange={setRole} />
        <Button
          variant="primary"
          busy={isBusy}
          aria-label={`Allow ${person.name}`}
          onClick={() => onGrant(role)}
        >
          Allow
        </Button>
        <IconButton label={`Decline the request of ${person.name}`} onClick={onDecline} className="ml-1">
          <X aria-hidden className="size-4.5" />
        </IconButton>
      </div>
    </li>
  );
}
