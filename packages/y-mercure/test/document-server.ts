import {
  type ComparisonVerdict,
  contentsDigest,
  type DocumentEvent,
  type ErrorCode,
  errors,
  type LogEntry,
  type Presence,
  type StreamEvent,
  type Subscription,
} from '@cahier/protocol';
import * as Y from 'yjs';

export const PERSON = { id: '11111111-1111-4111-8111-111111111111', name: 'Ada', email: 'ada@example.net' };

/** What happens in a document, without its name. */
export type News = DocumentEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'documentId'>
    : never
  : never;

/** The endpoints that a provider uses, on a log in memory, as a function from request to response. */
export class DocumentServer {
  entries: LogEntry[] = [];
  /** Everything that was asked, in order. */
  readonly requests: { operation: string; body: unknown }[] = [];
  /** Refuses an operation for as long as it is listed here. */
  readonly refusals = new Map<string, ErrorCode>();
  readonly presences = new Map<number, Presence>();
  /** Another one after every start. */
  epoch = 'first';
  /** Entries per page of the log. */
  pageSize = 1000;
  /** Whether events carry updates, or only announce them. */
  carriesUpdates = true;
  /** Whether streams are answered with an echo when they ask for one. */
  echoes = true;
  readonly #publish: (event: News) => void;
  readonly #echo: (event: StreamEvent, connection: string) => void;
  readonly #subscription: () => Promise<Subscription>;

  constructor(
    publish: (event: News) => void,
    echo: (event: StreamEvent, connection: string) => void,
    subscription: () => Promise<Subscription>,
  ) {
    this.#publish = publish;
    this.#echo = echo;
    this.#subscription = subscription;
  }

  /** What a new reader of the log would see. */
  read(): Y.Doc {
    const doc = new Y.Doc();
    for (const { update } of this.entries) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    return doc;
  }

  get text(): string {
    return this.read().getText('content').toString();
  }

  asked(operation: string): unknown[] {
    return this.requests.filter(request => request.operation === operation).map(({ body }) => body);
  }

  /** Somebody else writes; `quietly`: no event tells of it. */
  write(change: (doc: Y.Doc) => void, { quietly = false } = {}): LogEntry {
    const doc = this.read();
    const before = Y.encodeStateVector(doc);
    change(doc);
    return this.#append(crypto.randomUUID(), Y.encodeStateAsUpdate(doc, before), quietly);
  }

  readonly handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const operation = `${request.method} ${url.pathname.split('/').at(-1)}`;
    const body = request.method === 'POST' ? await request.json().catch(() => undefined) : undefined;
    this.requests.push({ operation, body });
    const refusal = this.refusals.get(operation);
    if (refusal !== undefined) return problem(refusal);
    switch (operation) {
      case 'POST subscription':
        return Response.json(await this.#subscription());
      case 'POST echo':
        if (this.echoes) this.#echo({ type: 'echo', nonce: body.nonce }, body.connection);
        return new Response(null, { status: 204 });
      case 'GET updates':
        return Response.json(this.#page(Number(url.searchParams.get('after'))));
      case 'POST updates':
        return this.#store(body);
      case 'POST compare':
        return Response.json({ verdict: this.#compare(body) });
      case 'POST presence':
        return this.#report(body);
      default:
        return problem('not_found');
    }
  };

  #compare({ seq, digest }: { seq: number; digest: string }): ComparisonVerdict {
    if (seq > this.entries.length) return 'different';
    const doc = new Y.Doc();
    for (const { update } of this.entries.slice(0, seq)) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    const { sv, ds } = Y.snapshot(doc);
    const deleted = [...ds.clients].map(([client, items]) => {
      return [client, items.map(({ clock, len }) => [clock, clock + len] as const)] as const;
    });
    return contentsDigest({ vector: sv, deleted: new Map(deleted) }) === digest ? 'equal' : 'different';
  }

  #page(after: number) {
    const updates = this.entries.filter(({ seq }) => seq > after).slice(0, this.pageSize);
    const seq = updates.at(-1)?.seq ?? Math.min(after, this.entries.length);
    return { snapshot: null, updates, seq, more: seq < this.entries.length, cursor: '', epoch: this.epoch };
  }

  #store({ batch, update }: { batch: string; update: string }): Response {
    const known = this.entries.find(entry => entry.batch === batch);
    if (known !== undefined) {
      return known.update === update ? Response.json({ seq: known.seq }) : problem('batch_conflict');
    }
    const doc = this.read();
    Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
      return problem('update_missing_dependencies');
    }
    return Response.json({ seq: this.#append(batch, Buffer.from(update, 'base64'), false).seq });
  }

  #append(batch: string, update: Uint8Array, quietly: boolean): LogEntry {
    const entry = { seq: this.entries.length + 1, batch, update: Buffer.from(update).toString('base64') };
    this.entries.push(entry);
    if (!quietly) {
      this.#publish(
        this.carriesUpdates ? { type: 'updates', updates: [entry] } : { type: 'advanced', seq: entry.seq },
      );
    }
    return entry;
  }

  #report({ client, clock, state }: Presence): Response {
    const known = this.presences.get(client);
    if (known === undefined || clock > known.clock) {
      const presence = { client, clock, state, person: PERSON };
      if (state === null) this.presences.delete(client);
      else this.presences.set(client, presence);
      this.#publish({ type: 'presence', presences: [presence] });
    }
    return Response.json({ presences: [...this.presences.values()] });
  }
}

function problem(code: ErrorCode): Response {
  const { status, title } = errors[code];
  return Response.json({ type: `/problems/${code}`, title, status, code }, { status });
}
