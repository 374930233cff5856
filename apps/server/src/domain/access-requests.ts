import type { AccessRequest, GrantableRole, Member, Person } from '@cahier/protocol';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { AccessRequestRepository } from '../db/access-requests.ts';
import { CodedError } from '../errors.ts';
import type { Publisher } from '../realtime/publisher.ts';
import type { Documents } from './documents.ts';
import { refusalOf } from './policy.ts';
import { take } from './rate-limits.ts';

const HOUR_S = 60 * 60;

/** What one person may ask for in an hour, in whatever documents: somebody with a list of links needs no more. */
const MAX_PER_PERSON_AND_HOUR = 30;

/** How often one person may ask for the same document in a day: an owner who has declined is left in peace. */
const MAX_PER_DOCUMENT_AND_DAY = 5;

interface Dependencies {
  readonly documents: Documents;
  readonly requests: AccessRequestRepository;
  readonly publisher: Publisher;
}

/** People ask for access to documents, and owners answer. */
export class AccessRequests {
  readonly #documents: Documents;
  readonly #requests: AccessRequestRepository;
  readonly #publisher: Publisher;
  readonly #perPerson = new RateLimiterMemory({ points: MAX_PER_PERSON_AND_HOUR, duration: HOUR_S });
  readonly #perDocument = new RateLimiterMemory({ points: MAX_PER_DOCUMENT_AND_DAY, duration: 24 * HOUR_S });

  constructor({ documents, requests, publisher }: Dependencies) {
    this.#documents = documents;
    this.#requests = requests;
    this.#publisher = publisher;
  }

  /**
   * Asks the owner. Whoever has no access learns nothing from the answer, not even whether the document exists.
   *
   * @throws CodedError `already_member` for those who may write already, `too_many_attempts`
   */
  async request(person: Person, documentId: string): Promise<void> {
    await take(this.#perPerson, person.id);
    await take(this.#perDocument, `${person.id} ${documentId}`);
    const standing = await this.#requests.standing(documentId, person.id);
    if (standing === undefined) return;
    const { role, trashedAt, accessGeneration } = standing;
    if (trashedAt !== null && role !== 'owner') return;
    if (role !== null && refusalOf({ role, trashedAt }, 'write', { inTrash: true }) === undefined) {
      throw new CodedError('already_member');
    }
    const isNew = await this.#requests.add(documentId, person.id, Date.now());
    // Those who have the document open ask again what concerns access to it; the owner then sees who asks.
    if (isNew) void this.#publisher.publish(documentId, accessGeneration, { type: 'access' });
  }

  async list(person: Person, documentId: string): Promise<AccessRequest[]> {
    await this.#documents.access(person, documentId, 'share');
    return this.#requests.list(documentId);
  }

  async grant(person: Person, documentId: string, userId: string, role: GrantableRole): Promise<Member> {
    const { accessGeneration } = await this.#documents.access(person, documentId, 'share');
    if (!(await this.#requests.grant(documentId, userId, role, Date.now()))) {
      throw new CodedError('access_request_not_found');
    }
    void this.#publisher.publish(documentId, accessGeneration, { type: 'access' });
    return this.#documents.member(documentId, userId);
  }

  async decline(person: Person, documentId: string, userId: string): Promise<void> {
    await this.#documents.access(person, documentId, 'share');
    if (!(await this.#requests.remove(documentId, userId))) throw new CodedError('access_request_not_found');
  }
}
