import type { DocumentSummary, GrantableRole, Member } from '@cahier/protocol';
import { useQuery } from '@tanstack/react-query';
import { UserMinus } from 'lucide-react';
import { type SubmitEvent, useRef, useState } from 'react';
import { membersQuery } from '../../api/queries.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { failureText } from '../../ui/failure.ts';
import { FormError, TextField } from '../../ui/field.tsx';
import { MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { rights, roleLabels } from '../documents/rights.ts';
import { useUser } from '../session/session-guard.tsx';
import { AccessRequests } from './access-requests.tsx';
import { AskButton } from './ask-button.tsx';
import { RoleMenu } from './role-menu.tsx';
import { useAsking } from './use-asking.ts';
import { useMembers } from './use-members.ts';

export interface ShareDialogProps {
  document: DocumentSummary;
  open: boolean;
  onClose: () => void;
}

/** Who has access to a document. The owner invites, changes roles and takes access away. */
export function ShareDialog({ document, open, onClose }: ShareDialogProps) {
  const { share } = rights[document.role];
  const input = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={share ? 'Share this document' : 'Who has access'}
      description={share ? 'Invite people who have an account here.' : 'Only the owner can change this.'}
      {...(share ? { initialFocus: input } : {})}
    >
      {share && <AccessRequests documentId={document.id} />}
      {share && <InviteForm documentId={document.id} input={input} />}
      <MemberList document={document} mayChange={share} />
      {!rights[document.role].write && <AskToWrite documentId={document.id} />}
    </Dialog>
  );
}

/** For those who may only read. Once the owner agrees, the document lets them write. */
function AskToWrite({ documentId }: { documentId: string }) {
  const asking = useAsking(documentId);
  return (
    <div className="mt-3 border-line border-t pt-3">
      <AskButton asking={asking} label="Ask to edit" variant="outline" />
    </div>
  );
}

function InviteForm({
  documentId,
  input,
}: {
  documentId: string;
  input: React.RefObject<HTMLInputElement | null>;
}) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<GrantableRole>('editor');
  const { invite } = useMembers(documentId);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (invite.isPending) return;
    invite.mutate(
      { email, role },
      {
        onSuccess: () => setEmail(''),
        onSettled: () => input.current?.focus(),
      },
    );
  };

  return (
    <form onSubmit={submit} className="mb-5" noValidate>
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="off"
        ref={input}
        value={email}
        onValueChange={value => {
          setEmail(value);
          invite.reset();
        }}
        error={invite.isError ? inviteFailure(invite.error) : undefined}
      />
      <div className="mt-2 flex items-center justify-between gap-2">
        <RoleMenu label="Role of the new member" role={role} onChange={setRole} />
        <Button type="submit" variant="primary" busy={invite.isPending} disabled={email.trim() === ''}>
          Invite
        </Button>
      </div>
    </form>
  );
}

function inviteFailure(error: Parameters<typeof failureText>[0] & { code: string }): string {
  return error.code === 'invalid_request' ? 'That is not an e-mail address.' : failureText(error);
}

function MemberList({ document, mayChange }: { document: DocumentSummary; mayChange: boolean }) {
  const members = useQuery(membersQuery(document.id));
  const { change, remove } = useMembers(document.id);
  const failure = change.error ?? remove.error ?? (members.data === undefined ? members.error : null);
  return (
    <>
      {failure !== null && (
        <div className="mb-3">
          <FormError>{failureText(failure)}</FormError>
        </div>
      )}
      <ul aria-label="Members" className="-mx-2 flex min-h-14 flex-col">
        {members.data?.map(member => (
          <MemberRow
            key={member.person.id}
            member={member}
            mayChange={mayChange}
            onChange={role => change.mutate({ userId: member.person.id, role })}
            onRemove={() => remove.mutate(member.person.id)}
          />
        ))}
      </ul>
    </>
  );
}

interface MemberRowProps {
  member: Member;
  mayChange: boolean;
  onChange: (role: GrantableRole) => void;
  onRemove: () => void;
}

function MemberRow({ member: { person, role }, mayChange, onChange, onRemove }: MemberRowProps) {
  const me = useUser();
  return (
    <li className="flex min-h-14 items-center gap-3 px-2">
      <Avatar person={person} />
      <div className="min-w-0 flex-1">
        <div className="truncate font-medium text-sm">
          {person.name}
          {person.id === me.id && <span className="font-normal text-soft"> (you)</span>}
        </div>
        <div className="truncate text-soft text-xs">{person.email}</div>
      </div>
      {mayChange && role !== 'owner' ? (
        <RoleMenu label={`Role of ${person.name}`} role={role} onChange={onChange}>
          <MenuSeparator />
          <MenuItem danger onSelect={onRemove}>
            <UserMinus aria-hidden />
            Remove
          </MenuItem>
        </RoleMenu>
      ) : (
        <span className="px-2.5 text-sm text-soft">{roleLabels[role]}</span>
      )}
    </li>
  );
}
