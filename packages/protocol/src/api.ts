import { z } from 'zod';
import {
  accessRequestListSchema,
  addMemberSchema,
  changeMemberSchema,
  createDocumentSchema,
  documentIdSchema,
  documentListQuerySchema,
  documentListSchema,
  documentSchema,
  grantAccessSchema,
  memberListSchema,
  memberSchema,
  renameDocumentSchema,
} from './documents.ts';
import type { ErrorCode } from './errors.ts';
import { clientConfigSchema, credentialsSchema, sessionSchema } from './people.ts';
import {
  acknowledgementSchema,
  authorListSchema,
  authorsQuerySchema,
  compareSchema,
  comparisonSchema,
  echoSchema,
  logPageSchema,
  logQuerySchema,
  presenceListSchema,
  sendPresenceSchema,
  sendUpdateSchema,
  subscribeSchema,
  subscriptionSchema,
} from './sync.ts';

/** One operation of the HTTP API: what it takes, what it gives, how it can fail. */
export interface Operation {
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** An OpenAPI path: parameters in braces. */
  readonly path: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Status of success, and the schema of its body (`null`: no body). */
  readonly success: { readonly status: 200 | 201 | 204; readonly body: z.ZodType | null };
  /** Errors particular to it; `invalid_request` and what stands in front of every operation are left out. */
  readonly errors: readonly ErrorCode[];
  /** Whether it can be called without a session. */
  readonly anonymous?: true;
}

const document = z.object({ documentId: documentIdSchema });
const member = document.extend({ userId: z.uuid() });
const onDocument = ['document_not_found', 'forbidden'] as const satisfies ErrorCode[];

/** The whole API, in one table: routes, client and OpenAPI description are made from it. */
export const operations = {
  getConfig: {
    summary: 'What a browser needs to know before log-in',
    method: 'GET',
    path: '/api/config',
    success: { status: 200, body: clientConfigSchema },
    errors: [],
    anonymous: true,
  },
  createSession: {
    summary: 'Log in',
    method: 'POST',
    path: '/api/session',
    body: credentialsSchema,
    success: { status: 200, body: sessionSchema },
    errors: ['invalid_credentials', 'too_many_attempts'],
    anonymous: true,
  },
  getSession: {
    summary: 'Who is logged in',
    method: 'GET',
    path: '/api/session',
    success: { status: 200, body: sessionSchema },
    errors: [],
  },
  deleteSession: {
    summary: 'Log out; also without a session it succeeds',
    method: 'DELETE',
    path: '/api/session',
    success: { status: 204, body: null },
    errors: [],
    anonymous: true,
  },
  listDocuments: {
    summary: 'The documents shared with me or made by me, last changed first',
    method: 'GET',
    path: '/api/documents',
    query: documentListQuerySchema,
    success: { status: 200, body: documentListSchema },
    errors: [],
  },
  createDocument: {
    summary: 'Make an empty document',
    method: 'POST',
    path: '/api/documents',
    body: createDocumentSchema,
    success: { status: 201, body: documentSchema },
    errors: [],
  },
  getDocument: {
    summary: 'One document, without its text',
    method: 'GET',
    path: '/api/documents/{documentId}',
    params: document,
    success: { status: 200, body: documentSchema },
    errors: ['document_not_found'],
  },
  renameDocument: {
    summary: 'Change the title',
    method: 'PATCH',
    path: '/api/documents/{documentId}',
    params: document,
    body: renameDocumentSchema,
    success: { status: 200, body: documentSchema },
    errors: [...onDocument, 'document_in_trash'],
  },
  trashDocument: {
    summary: 'Put the document in the trash: it vanishes for everybody but its owner',
    method: 'DELETE',
    path: '/api/documents/{documentId}',
    params: document,
    success: { status: 204, body: null },
    errors: onDocument,
  },
  restoreDocument: {
    summary: 'Take the document out of the trash',
    method: 'POST',
    path: '/api/documents/{documentId}/restore',
    params: document,
    success: { status: 200, body: documentSchema },
    errors: onDocument,
  },
  listMembers: {
    summary: 'Who has access, the owner first',
    method: 'GET',
    path: '/api/documents/{documentId}/members',
    params: document,
    success: { status: 200, body: memberListSchema },
    errors: onDocument,
  },
  addMember: {
    summary: 'Share with somebody by e-mail address',
    method: 'POST',
    path: '/api/documents/{documentId}/members',
    params: document,
    body: addMemberSchema,
    success: { status: 201, body: memberSchema },
    errors: [...onDocument, 'user_not_found', 'already_member', 'document_in_trash'],
  },
  changeMember: {
    summary: "Change a member's role",
    method: 'PATCH',
    path: '/api/documents/{documentId}/members/{userId}',
    params: member,
    body: changeMemberSchema,
    success: { status: 200, body: memberSchema },
    errors: [...onDocument, 'member_not_found', 'owner_is_fixed', 'document_in_trash'],
  },
  removeMember: {
    summary: "Withdraw a member's access; anybody may leave a document this way",
    method: 'DELETE',
    path: '/api/documents/{documentId}/members/{userId}',
    params: member,
    success: { status: 204, body: null },
    errors: [...onDocument, 'member_not_found', 'owner_is_fixed', 'document_in_trash'],
  },
  requestAccess: {
    summary:
      'Ask the owner for access, or for the right to write. The answer is the same where there is no such document',
    method: 'POST',
    path: '/api/documents/{documentId}/access-requests',
    params: document,
    success: { status: 204, body: null },
    errors: ['already_member', 'too_many_attempts'],
  },
  listAccessRequests: {
    summary: 'Who asks for access, who asked first first',
    method: 'GET',
    path: '/api/documents/{documentId}/access-requests',
    params: document,
    success: { status: 200, body: accessRequestListSchema },
    errors: [...onDocument, 'document_in_trash'],
  },
  grantAccess: {
    summary: 'Give somebody who asks for access a role',
    method: 'POST',
    path: '/api/documents/{documentId}/access-requests/{userId}',
    params: member,
    body: grantAccessSchema,
    success: { status: 200, body: memberSchema },
    errors: [...onDocument, 'access_request_not_found', 'document_in_trash'],
  },
  declineAccess: {
    summary: 'Take a request for access off the list; nobody is told',
    method: 'DELETE',
    path: '/api/documents/{documentId}/access-requests/{userId}',
    params: member,
    success: { status: 204, body: null },
    errors: [...onDocument, 'access_request_not_found', 'document_in_trash'],
  },
  readLog: {
    summary:
      "Load a document, or what has been added to it: the newest snapshot and the log's updates after it",
    method: 'GET',
    path: '/api/documents/{documentId}/updates',
    params: document,
    query: logQuerySchema,
    success: { status: 200, body: logPageSchema },
    errors: [...onDocument, 'document_in_trash', 'document_damaged'],
  },
  compareDocument: {
    summary: 'Find out whether a client holds exactly what the log holds',
    method: 'POST',
    path: '/api/documents/{documentId}/compare',
    params: document,
    body: compareSchema,
    success: { status: 200, body: comparisonSchema },
    errors: [...onDocument, 'document_in_trash', 'document_damaged'],
  },
  listAuthors: {
    summary:
      'Who has written in a document since a place in its log (in the last part of it, if that is long)',
    method: 'GET',
    path: '/api/documents/{documentId}/authors',
    params: document,
    query: authorsQuerySchema,
    success: { status: 200, body: authorListSchema },
    errors: [...onDocument, 'document_in_trash'],
  },
  sendUpdate: {
    summary: 'Append a batch of edits; the answer means that it is committed on disk',
    method: 'POST',
    path: '/api/documents/{documentId}/updates',
    params: document,
    body: sendUpdateSchema,
    success: { status: 200, body: acknowledgementSchema },
    errors: [
      ...onDocument,
      'document_in_trash',
      'update_too_large',
      'update_malformed',
      'update_foreign',
      'update_missing_dependencies',
      'batch_conflict',
      'storage_unavailable',
      'document_damaged',
    ],
  },
  subscribe: {
    summary:
      'A short-lived token for the topics of some documents on the hub, and of a stream to hear them on',
    method: 'POST',
    path: '/api/subscription',
    body: subscribeSchema,
    success: { status: 200, body: subscriptionSchema },
    errors: [],
  },
  requestEcho: {
    summary: 'Ask for an event on a stream of mine, to find out whether it flows',
    method: 'POST',
    path: '/api/subscription/echo',
    body: echoSchema,
    success: { status: 204, body: null },
    errors: [],
  },
  sendPresence: {
    summary: 'Say where my cursor is; the answer lists everybody who is here',
    method: 'POST',
    path: '/api/documents/{documentId}/presence',
    params: document,
    body: sendPresenceSchema,
    success: { status: 200, body: presenceListSchema },
    errors: [...onDocument, 'document_in_trash'],
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;
