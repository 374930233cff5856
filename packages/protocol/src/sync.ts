import { z } from 'zod';
import { documentIdSchema } from './documents.ts';
import { errorCodes } from './errors.ts';
import { MAX_PRESENCE_STATE_BYTES, MAX_STREAM_DOCUMENTS, MAX_UPDATE_BYTES } from './limits.ts';
import { personSchema } from './people.ts';

/**
 * The name of the shared Yjs type that holds a document's text, a `Y.Text`: the only root type an update may speak of.
 * (`content` was the name of the former format, and means nothing else.)
 */
export const DOCUMENT_ROOT = 'text';

/** The place of an update in its document's log: 1 for the first, without holes. 0 stands for "nothing yet". */
export const sequenceSchema = z.int().nonnegative();

const base64LengthOf = (bytes: number) => Math.ceil(bytes / 3) * 4;

/** A Yjs update (version 1 encoding), base64 (RFC 4648, section 4). */
export const updateBytesSchema = z.base64().min(4).max(base64LengthOf(MAX_UPDATE_BYTES));

/** One entry of a document's log. */
export const logEntrySchema = z
  .object({
    seq: sequenceSchema.positive(),
    batch: z.uuid().describe('The identifier its writer gave it; lets a client recognise its own edits'),
    update: z.base64(),
  })
  .meta({ id: 'LogEntry' });

export type LogEntry = z.infer<typeof logEntrySchema>;

/** A batch of edits on its way up: everything typed since the last one, merged into one Yjs update. */
export const sendUpdateSchema = z
  .object({
    batch: z
      .uuid()
      .describe('Chosen by the client; sending the same batch again stores nothing and answers alike'),
    update: updateBytesSchema,
  })
  .meta({ id: 'SendUpdate' });

export type SendUpdate = z.infer<typeof sendUpdateSchema>;

/** The answer to a batch: it is committed on the server's disk, at this place in the log. */
export const acknowledgementSchema = z
  .object({ seq: sequenceSchema.positive() })
  .meta({ id: 'Acknowledgement' });

export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

export const logQuerySchema = z.object({
  after: z.coerce
    .number()
    .pipe(sequenceSchema)
    .default(0)
    .describe('The last sequence number the client has; 0 loads the document from the start'),
});

/**
 * A piece of a document's log: what follows `after`. Where a snapshot covers the beginning of it, the snapshot comes
 * first and `updates` continues from there. Applying everything, in order, brings a client to `seq`.
 */
export const logPageSchema = z
  .object({
    snapshot: z.object({ seq: sequenceSchema.positive(), update: z.base64() }).nullable(),
    updates: z.array(logEntrySchema),
    seq: sequenceSchema.describe('The last sequence number that this page brings the client to'),
    more: z.boolean().describe('Whether the log goes on: ask again with after = seq'),
    cursor: z.string().describe('The hub event id from which to subscribe so that nothing falls in between'),
    epoch: z
      .string()
      .optional()
      .describe(
        'Another one than before: the server has been started again, and a power cut may have taken away what others had ' +
          'written last and were not told was saved; compare',
      ),
  })
  .meta({ id: 'LogPage' });

export type LogPage = z.infer<typeof logPageSchema>;

export const authorsQuerySchema = z.object({
  after: z.coerce
    .number()
    .pipe(sequenceSchema)
    .default(0)
    .describe('Only what comes after this place in the log counts'),
});

/** Who has written a stretch of a document's log, who wrote last first. */
export const authorListSchema = z
  .object({
    authors: z.array(
      z.object({ person: personSchema, lastAt: z.iso.datetime().describe('When they last wrote in it') }),
    ),
  })
  .meta({ id: 'AuthorList' });

/**
 * What a client has found to be different from the server, when it looked closely:
 * - `behind`: it lacked something; `ahead`: the server did; `diverged`: both;
 * - `waiting`: it held edits that build on something it does not have;
 * - `none`: nothing, although the digests said otherwise.
 */
export const differences = ['behind', 'ahead', 'diverged', 'waiting', 'none'] as const;

export type Difference = (typeof differences)[number];

/** A client with nothing unsent tells what it holds, to find out whether that is what the log holds. */
export const compareSchema = z
  .object({
    seq: sequenceSchema.describe('The number up to which the client holds the log'),
    digest: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .describe('Of all elements and deletions in its document: `contentsDigest` in @cahier/protocol'),
    mended: z
      .enum(differences)
      .nullable()
      .default(null)
      .describe('The difference that the client has mended since the last comparison; this one is the proof'),
  })
  .meta({ id: 'Compare' });

/**
 * - `equal`: the client holds exactly what the log holds up to that number;
 * - `different`: it does not, or the log is shorter;
 * - `undecided`: the log has gone on too far to tell; to be asked again with a newer number.
 */
export const comparisonVerdicts = ['equal', 'different', 'undecided'] as const;

export type ComparisonVerdict = (typeof comparisonVerdicts)[number];

export const comparisonSchema = z.object({ verdict: z.enum(comparisonVerdicts) }).meta({ id: 'Comparison' });

/** Asks for a stream that brings what happens in these documents. */
export const subscribeSchema = z
  .object({ documents: z.array(documentIdSchema).min(1).max(MAX_STREAM_DOCUMENTS) })
  .meta({ id: 'Subscribe' });

/** What a client needs in order to listen to documents on the hub. */
export const subscriptionSchema = z
  .object({
    hub: z.string().describe('URL of the hub, relative to the application or absolute'),
    topics: z
      .array(z.string())
      .min(1)
      .describe("Those of the documents, and one of the stream's own that echoes come down"),
    token: z.string().describe('A subscriber token for exactly these topics'),
    connection: z.uuid().describe('Names this stream; presence posted under it ends when the stream does'),
    expiresInSeconds: z.int().positive().describe('Ask for a new subscription before this'),
    refused: z
      .array(z.object({ documentId: documentIdSchema, code: z.enum(errorCodes) }))
      .describe('Documents that this person cannot listen to, and why: nothing of them will come'),
  })
  .meta({ id: 'Subscription' });

export type Subscription = z.infer<typeof subscriptionSchema>;

/** Asks for a sign of life down a stream of one's own: what is held back on the way does not come in time. */
export const echoSchema = z
  .object({ connection: z.uuid(), nonce: z.uuid().describe('Comes down with the echo') })
  .meta({ id: 'Echo' });

/** A position in the text that survives edits: a Yjs relative position in its JSON form. */
const relativePositionSchema = z.record(z.string(), z.json());

/** What one open editor shows of itself to the others. */
export const presenceStateSchema = z
  .object({
    cursor: z.object({ anchor: relativePositionSchema, head: relativePositionSchema }).nullable(),
    idle: z.boolean().optional().describe('Nothing has been done there for a while. Default: false'),
  })
  .refine(state => JSON.stringify(state).length <= MAX_PRESENCE_STATE_BYTES, {
    message: `a presence state is at most ${MAX_PRESENCE_STATE_BYTES} bytes of JSON`,
  });

export type PresenceState = z.infer<typeof presenceStateSchema>;

const clientIdSchema = z.int().nonnegative().max(0xffffffff);

/** Reports where this editor's cursor is; `state: null` says goodbye. */
export const sendPresenceSchema = z
  .object({
    connection: z.uuid(),
    client: clientIdSchema.describe("The Y.Doc's client id"),
    clock: z.int().nonnegative().describe('Grows with every report of this client; an older one is ignored'),
    state: presenceStateSchema.nullable(),
  })
  .meta({ id: 'SendPresence' });

export type SendPresence = z.infer<typeof sendPresenceSchema>;

/** One open editor as the others see it. The server says who it is; `state: null` means it has gone. */
export const presenceSchema = z
  .object({
    client: clientIdSchema,
    clock: z.int().nonnegative(),
    person: personSchema,
    state: presenceStateSchema.nullable(),
  })
  .meta({ id: 'Presence' });

export type Presence = z.infer<typeof presenceSchema>;

export const presenceListSchema = z
  .object({ presences: z.array(presenceSchema) })
  .meta({ id: 'PresenceList' });

const ofDocument = { documentId: documentIdSchema };

/** Everything that comes down a stream: the `data` of a Mercure update, as JSON. */
export const streamEventSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('updates'),
      ...ofDocument,
      updates: z.array(logEntrySchema).min(1).describe('Consecutive entries of the log'),
    }),
    z.object({
      type: z.literal('advanced'),
      ...ofDocument,
      seq: sequenceSchema
        .positive()
        .describe('The log has grown to here by updates too large to be sent along'),
    }),
    z.object({ type: z.literal('renamed'), ...ofDocument, title: z.string() }),
    z
      .object({ type: z.literal('access'), ...ofDocument })
      .describe("Somebody's rights changed: ask again what yours are"),
    z.object({ type: z.literal('presence'), ...ofDocument, presences: z.array(presenceSchema).min(1) }),
    z
      .object({ type: z.literal('echo'), nonce: z.uuid() })
      .describe('The answer to an echo request, on the topic of one stream alone'),
  ])
  .meta({ id: 'StreamEvent' });

export type StreamEvent = z.infer<typeof streamEventSchema>;

/** What happens in a document, as those who listen to it are told. */
export type DocumentEvent = Exclude<StreamEvent, { type: 'echo' }>;
