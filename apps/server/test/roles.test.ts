import { randomUUID } from 'node:crypto';
import {
  createApiClient,
  type ErrorCode,
  type OperationId,
  operations,
  RequestError,
  type Subscription,
} from '@cahier/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, batchOf, startApp, type TestApp, Writer } from './support.ts';

/** Everybody there is to ask: the four roles, a stranger, somebody who is not logged in. */
const callers = ['owner', 'editor', 'commenter', 'viewer', 'stranger', 'nobody'] as const;
type Caller = (typeof callers)[number];
type Outcome = 'ok' | ErrorCode;

const everybody = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok'] as const;
const loggedIn = ['ok', 'ok', 'ok', 'ok', 'ok', 'unauthenticated'] as const;
const members = ['ok', 'ok', 'ok', 'ok', 'document_not_found', 'unauthenticated'] as const;
const writers = ['ok', 'ok', 'forbidden', 'forbidden', 'document_not_found', 'unauthenticated'] as const;
const owner = ['ok', 'forbidden', 'forbidden', 'forbidden', 'document_not_found', 'unauthenticated'] as const;

/** What each caller gets, in the order of `callers`. An operation without a row does not compile. */
const expected: Record<OperationId, readonly Outcome[]> = {
  getConfig: everybody,
  // Nobody in this test has a password: that the question is answered at all is what matters here.
  createSession: callers.map(() => 'invalid_credentials'),
  getSession: loggedIn,
  deleteSession: everybody,
  listDocuments: loggedIn,
  createDocument: loggedIn,
  getDocument: members,
  renameDocument: writers,
  trashDocument: owner,
  restoreDocument: owner,
  listMembers: members,
  addMember: owner,
  changeMember: owner,
  removeMember: owner,
  requestAccess: ['already_member', 'already_member', 'ok', 'ok', 'ok', 'unauthenticated'],
  listAccessRequests: owner,
  grantAccess: owner,
  declineAccess: owner,
  readLog: members,
  compareDocument: members,
  listAuthors: members,
  sendUpdate: writers,
  // Of several documents some may be refused: that is part of the answer.
  subscribe: members,
  requestEcho: loggedIn,
  sendPresence: members,
};

/** In the trash a document exists for its owner only, who can look at it, restore it or leave it there. */
const expectedOfOwnerInTrash: Partial<Record<OperationId, Outcome>> = {
  getDocument: 'ok',
  renameDocument: 'document_in_trash',
  trashDocument: 'ok',
  restoreDocument: 'ok',
  listMembers: 'ok',
  addMember: 'document_in_trash',
  changeMember: 'document_in_trash',
  removeMember: 'document_in_trash',
  requestAccess: 'already_member',
  listAccessRequests: 'document_in_trash',
  grantAccess: 'document_in_trash',
  declineAccess: 'document_in_trash',
  readLog: 'document_in_trash',
  compareDocument: 'document_in_trash',
  listAuthors: 'document_in_trash',
  sendUpdate: 'document_in_trash',
  sendPresence: 'document_in_trash',
};

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app[Symbol.asyncDispose]());

/** A document with one member of each role, and somebody to share it with. */
async function scene() {
  const actors = {
    owner: app.actor(),
    editor: app.actor(),
    commenter: app.actor(),
    viewer: app.actor(),
    stranger: app.actor(),
    nobody: { api: createApiClient({ baseUrl: app.url }) },
  } satisfies Record<Caller, Pick<Actor, 'api'>>;
  const other = app.actor();
  const documentId = await app.document(actors.owner, [
    [actors.editor, 'editor'],
    [actors.commenter, 'commenter'],
    [actors.viewer, 'viewer'],
    [other, 'viewer'],
  ]);
  const applicant = app.actor();
  await applicant.api.requestAccess({ params: { documentId } });
  return { actors, documentId, other, newcomer: app.actor(), applicant };
}

type Scene = Awaited<ReturnType<typeof scene>>;

function inputs({ documentId, other, newcomer, applicant }: Scene): Record<OperationId, object> {
  const params = { documentId };
  const member = { documentId, userId: other.person.id };
  const asking = { documentId, userId: applicant.person.id };
  return {
    getConfig: {},
    createSession: { body: { email: newcomer.person.email, password: 'wrong' } },
    getSession: {},
    deleteSession: {},
    listDocuments: { query: {} },
    createDocument: { body: {} },
    getDocument: { params },
    renameDocument: { params, body: { title: 'Another title' } },
    trashDocument: { params },
    restoreDocument: { params },
    listMembers: { params },
    addMember: { params, body: { email: newcomer.person.email, role: 'viewer' } },
    changeMember: { params: member, body: { role: 'editor' } },
    removeMember: { params: member },
    requestAccess: { params },
    listAccessRequests: { params },
    grantAccess: { params: asking, body: { role: 'viewer' } },
    declineAccess: { params: asking },
    readLog: { params, query: {} },
    compareDocument: { params, body: { seq: 0, digest: '0'.repeat(16), mended: null } },
    listAuthors: { params, query: { after: 0 } },
    sendUpdate: { params, body: batchOf(new Writer().type('hello')) },
    subscribe: { body: { documents: [documentId] } },
    requestEcho: { body: { connection: randomUUID(), nonce: randomUUID() } },
    sendPresence: {
      params,
      body: { connection: randomUUID(), client: 1, clock: 1, state: { cursor: null } },
    },
  };
}

async function outcome(scene: Scene, caller: Caller, id: OperationId): Promise<Outcome | string> {
  try {
    const call = scene.actors[caller].api[id] as (input: object) => Promise<unknown>;
    const answer = await call(inputs(scene)[id]);
    return (answer as Partial<Subscription> | undefined)?.refused?.[0]?.code ?? 'ok';
  } catch (error) {
    if (error instanceof RequestError) return error.code;
    throw error;
  }
}

describe.each(Object.keys(operations) as OperationId[])('%s', id => {
  test.each(callers.map((caller, index) => [caller, expected[id][index]] as const))(
    'answers %s with %s',
    async (caller, answer) => {
      expect(await outcome(await scene(), caller, id)).toBe(answer);
    },
  );
});

describe.each(Object.keys(expectedOfOwnerInTrash) as OperationId[])('%s, in the trash', id => {
  test.each(callers)('exists for nobody but the owner: %s', async caller => {
    const trashed = await scene();
    await trashed.actors.owner.api.trashDocument({ params: { documentId: trashed.documentId } });
    const answers = { owner: expectedOfOwnerInTrash[id], nobody: 'unauthenticated' } as Record<
      string,
      string
    >;
    // Whoever asks for access hears the same of every document, and of none.
    const others = id === 'requestAccess' ? 'ok' : 'document_not_found';
    expect(await outcome(trashed, caller, id)).toBe(answers[caller] ?? others);
  });
});

test('every operation on a document is tried in the trash, too', () => {
  const onDocuments = Object.entries(operations).filter(([, { path }]) => path.includes('{documentId}'));
  expect(Object.keys(expectedOfOwnerInTrash).sort()).toEqual(onDocuments.map(([id]) => id).sort());
});

test('anybody may leave a document, whatever the role', async () => {
  const { actors, documentId } = await scene();
  for (const { api, person } of [actors.editor, actors.commenter, actors.viewer]) {
    await api.removeMember({ params: { documentId, userId: person.id } });
    await expect(api.getDocument({ params: { documentId } })).rejects.toMatchObject({
      code: 'document_not_found',
    });
  }
});
