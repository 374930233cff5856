import { z } from 'zod';
import { MAX_ACCESS_REQUESTS, MAX_TITLE_LENGTH } from './limits.ts';
import { emailSchema, personSchema } from './people.ts';

/** Roles on a document, from the most to the least able. */
export const roles = ['owner', 'editor', 'commenter', 'viewer'] as const;
export type Role = (typeof roles)[number];
export const roleSchema = z.enum(roles);

/** Roles that can be given to somebody; a document has exactly one owner, its maker. */
export const grantableRoles = ['editor', 'commenter', 'viewer'] as const;
export type GrantableRole = (typeof grantableRoles)[number];
export const grantableRoleSchema = z.enum(grantableRoles);

export const documentIdSchema = z.uuid();

/** Trimmed; an empty title stands for a document that nobody has named yet. */
export const titleSchema = z.string().trim().max(MAX_TITLE_LENGTH);

const timestampSchema = z.iso.datetime();

/** A document as one person sees it. `role` is that person's. */
export const documentSchema = z
  .object({
    id: documentIdSchema,
    title: z.string(),
    role: roleSchema,
    owner: personSchema,
    createdAt: timestampSchema,
    updatedAt: timestampSchema.describe('When its text or title last changed'),
    trashedAt: timestampSchema.nullable(),
    accessRequests: z
      .int()
      .min(0)
      .describe('How many people ask for access, or for more of it; 0 for all but the owner'),
  })
  .meta({ id: 'Document' });

export type DocumentSummary = z.infer<typeof documentSchema>;

export const documentListSchema = z
  .object({ documents: z.array(documentSchema) })
  .meta({ id: 'DocumentList' });

export const documentListQuerySchema = z.object({
  trash: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: only what is in the trash (shown to its owner); false: everything else'),
});

export const createDocumentSchema = z
  .object({ title: titleSchema.default('') })
  .meta({ id: 'CreateDocument' });

export const renameDocumentSchema = z.object({ title: titleSchema }).meta({ id: 'RenameDocument' });

export const memberSchema = z.object({ person: personSchema, role: roleSchema }).meta({ id: 'Member' });
export type Member = z.infer<typeof memberSchema>;

export const memberListSchema = z.object({ members: z.array(memberSchema) }).meta({ id: 'MemberList' });

export const addMemberSchema = z
  .object({ email: emailSchema, role: grantableRoleSchema })
  .meta({ id: 'AddMember' });

export const changeMemberSchema = z.object({ role: grantableRoleSchema }).meta({ id: 'ChangeMember' });

/** Somebody who asks for access to a document, or for more than they have. */
export const accessRequestSchema = z
  .object({
    person: personSchema,
    role: roleSchema.nullable().describe('The role that this person has now; null: none'),
    requestedAt: timestampSchema,
  })
  .meta({ id: 'AccessRequest' });
export type AccessRequest = z.infer<typeof accessRequestSchema>;

export const accessRequestListSchema = z
  .object({ requests: z.array(accessRequestSchema).max(MAX_ACCESS_REQUESTS) })
  .meta({ id: 'AccessRequestList' });

export const grantAccessSchema = z.object({ role: grantableRoleSchema }).meta({ id: 'GrantAccess' });
