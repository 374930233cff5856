import { randomUUID } from 'node:crypto';
import type {
  ComparisonVerdict,
  DocumentSummary,
  ErrorCode,
  GrantableRole,
  Member,
  Person,
  SendUpdate,
} from '@cahier/protocol';
import type { AccessRequestRepository } from '../db/access-requests.ts';
import type { AccountRepository } from '../db/accounts.ts';
import type { DocumentRepository, MemberView } from '../db/documents.ts';
import { CodedError } from '../errors.ts';
import type { DocumentLog } from '../log/index.ts';
import type { PresenceTable } from '../realtime/presence.ts';
import type { Publisher } from '../realtime/publisher.ts';
import { type Action, refusalOf } from './policy.ts';

interface Dependencies {
  readonly documents: DocumentRepository;
  readonly accessRequests: AccessRequestRepository;
  readonly accounts: AccountRepository;
  readonly log: DocumentLog;
  readonly publisher: Publisher;
  readonly presence: PresenceTable;
}

/** What people do with documents: who may, what is stored, who is told. */
export class Documents {
  readonly #documents: DocumentRepository;
  readonly #accessRequests: AccessRequestRepository;
  readonly #accounts: AccountRepository;
  readonly #log: DocumentLog;
  readonly #publisher: Publisher;
  readonly #presence: PresenceTable;

  constructor({ documents, accessRequests, accounts, log, publisher, presence }: Dependencies) {
    this.#documents = documents;
    this.#accessRequests = accessRequests;
    this.#accounts = accounts;
    this.#log = log;
    this.#publisher = publisher;
    this.#presence = presence;
  }

  /**
   * The document, if this person may do that with it. Every access to a document comes through here.
   *
   * @param inTrash - whether the action is possible on a document in the trash (for its owner; others see none there)
   * @throws CodedError `document_not_found` for whoever it is not shared with, `forbidden`, `document_in_trash`
   */
  async access(
    person: Person,
    documentId: string,
    action: Action,
    { inTrash = false } = {},
  ): Promise<MemberView> {
    const document = await this.#documents.find(documentId, person.id);
    const refusal = refusalOf(document, action, { inTrash });
    if (!document || refusal) throw new CodedError(refusal ?? 'document_not_found');
    return document;
  }

  /** Whether somebody may write at this moment. */
  async mayWrite(person: Person, documentId: string): Promise<boolean> {
    return refusalOf(await this.#documents.find(documentId, person.id), 'write') === undefined;
  }

  async list(person: Person, trashed: boolean): Promise<DocumentSummary[]> {
    return (await this.#documents.list(person.id, { trashed })).map(toSummary);
  }

  async get(person: Person, documentId: string): Promise<DocumentSummary> {
    return toSummary(await this.access(person, documentId, 'read', { inTrash: true }));
  }

  async create(person: Person, title: string): Promise<DocumentSummary> {
    const id = randomUUID();
    await this.#documents.create(id, title, person.id, Date.now());
    return this.get(person, id);
  }

  async rename(person: Person, documentId: string, title: string): Promise<DocumentSummary> {
    const { accessGeneration } = await this.access(person, documentId, 'rename');
    await this.#documents.rename(documentId, title, Date.now());
    void this.#publisher.publish(documentId, accessGeneration, { type: 'renamed', title });
    return this.get(person, documentId);
  }

  async trash(person: Person, documentId: string): Promise<void> {
    await this.access(person, documentId, 'trash', { inTrash: true });
    const generation = await this.#documents.trash(documentId, Date.now());
    if (generation !== undefined) this.#accessWithdrawn(documentId, generation);
  }

  async restore(person: Person, documentId: string): Promise<DocumentSummary> {
    await this.access(person, documentId, 'restore', { inTrash: true });
    await this.#documents.restore(documentId);
    return this.get(person, documentId);
  }

  async members(person: Person, documentId: string): Promise<Member[]> {
    await this.access(person, documentId, 'read', { inTrash: true });
    return this.#documents.members(documentId);
  }

  /**
   * Whoever asks has been checked by the caller.
   *
   * @throws CodedError `member_not_found`
   */
  async member(documentId: string, userId: string): Promise<Member> {
    const member = await this.#documents.findMember(documentId, userId);
    if (!member) throw new CodedError('member_not_found');
    return member;
  }

  async addMember(person: Person, documentId: string, email: string, role: GrantableRole): Promise<Member> {
    await this.access(person, documentId, 'share');
    const account = await this.#accounts.findByEmail(email);
    if (!account) throw new CodedError('user_not_found');
    const isNew = await this.#documents.addMember(documentId, account.id, role, Date.now());
    if (!isNew) throw new CodedError('already_member');
    await this.#accessRequests.remove(documentId, account.id);
    return { person: { id: account.id, name: account.name, email: account.email }, role };
  }

  async changeMember(
    person: Person,
    documentId: string,
    userId: string,
    role: GrantableRole,
  ): Promise<Member> {
    const { accessGeneration } = await this.access(person, documentId, 'share');
    const member = await this.#changeable(documentId, userId);
    if (!(await this.#documents.changeRole(documentId, userId, role))) {
      throw new CodedError('member_not_found');
    }
    await this.#accessRequests.remove(documentId, userId);
    if (member.role !== role) {
      void this.#publisher.publish(documentId, accessGeneration, { type: 'access' });
    }
    return { ...member, role };
  }

  /** Withdraws somebody's access; one's own needs no right but being a member. */
  async removeMember(person: Person, documentId: string, userId: string): Promise<void> {
    await this.access(person, documentId, userId === person.id ? 'read' : 'share');
    await this.#changeable(documentId, userId);
    const generation = await this.#documents.removeMember(documentId, userId);
    if (generation === undefined) throw new CodedError('member_not_found');
    this.#accessWithdrawn(documentId, generation, userId);
  }

  /**
   * Appends a batch of edits; when it resolves, they are on disk and those who listen are being told. Whether this
   * person may is decided in the transaction that appends them, and nowhere else.
   */
  async append(person: Person, documentId: string, { batch, update }: SendUpdate): Promise<number> {
    // The writer is not asked; a stranger must not hear of it all the same.
    if (await this.#log.isDamaged(documentId)) await this.access(person, documentId, 'write');
    const bytes = new Uint8Array(Buffer.from(update, 'base64'));
    const { seq } = await this.#log.append({ documentId, userId: person.id, batch, bytes });
    return seq;
  }

  /** A page of the log after `after`, as JSON text, with the place to subscribe from so that nothing falls in between. */
  async readLog(person: Person, documentId: string, after: number): Promise<Uint8Array> {
    await this.access(person, documentId, 'read');
    const { cursor } = this.#publisher;
    return this.#log.readPage({ documentId, after, cursor });
  }

  /** Whether somebody whose document has this digest holds what the log holds up to `seq`. */
  async compare(person: Person, documentId: string, seq: number, digest: string): Promise<ComparisonVerdict> {
    await this.access(person, documentId, 'read');
    return this.#log.compare({ documentId, seq, digest });
  }

  /** Who has written in the log after `after`, who wrote last first. */
  async authors(person: Person, documentId: string, after: number) {
    await this.access(person, documentId, 'read');
    const authors = await this.#documents.authors(documentId, after);
    return authors.map(author => ({ ...author, lastAt: new Date(author.lastAt).toISOString() }));
  }

  /** Which of these documents this person may listen to; of the others, why not. */
  async listen(person: Person, documentIds: readonly string[]) {
    const granted: MemberView[] = [];
    const refused: { documentId: string; code: ErrorCode }[] = [];
    const listenTo = async (documentId: string) => {
      try {
        granted.push(await this.access(person, documentId, 'read'));
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        refused.push({ documentId, code: error.code });
      }
    };
    await Promise.all([...new Set(documentIds)].map(listenTo));
    return { granted, refused };
  }

  async #changeable(documentId: string, userId: string): Promise<Member> {
    const member = await this.member(documentId, userId);
    if (member.role === 'owner') throw new CodedError('owner_is_fixed');
    return member;
  }

  /** Tells the listeners of the old topics to ask again, then ends their streams: nothing comes there any more. */
  #accessWithdrawn(documentId: string, oldGeneration: number, userId?: string): void {
    this.#presence.accessChanged(documentId, oldGeneration + 1, userId);
    void this.#publisher
      .publish(documentId, oldGeneration, { type: 'access' })
      .then(() => this.#publisher.endStreams(documentId, oldGeneration));
  }
}

function toSummary(view: MemberView): DocumentSummary {
  const { id, title, role, owner, createdAt, updatedAt, trashedAt, accessRequests } = view;
  return {
    id,
    title,
    role,
    owner,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    trashedAt: trashedAt === null ? null : new Date(trashedAt).toISOString(),
    accessRequests,
  };
}
