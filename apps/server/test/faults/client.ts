// Somebody who writes: a real provider in a process of its own. The parent steers it by messages, and may kill it.
import { DOCUMENT_ROOT } from '@cahier/protocol';
import { createRandom } from '@cahier/testing';
import { createProvider, type ProviderState } from '@cahier/y-mercure';
import * as Y from 'yjs';
import { createFileQueue } from './file-queue.ts';
import { marksOf } from './marks.ts';

export interface ClientSettings {
  readonly baseUrl: string;
  readonly cookie: string;
  readonly documentId: string;
  readonly queueFile: string;
  /** Begins the name of every mark that this life of the client makes. */
  readonly name: string;
  readonly seed: number;
}

export type ClientCommand = { readonly kind: 'write'; readonly isOn: boolean } | { readonly kind: 'report' };

export type ClientReport =
  /** The mark is in the document here, and in the queue. */
  | { readonly kind: 'made'; readonly mark: string }
  | { readonly kind: 'erased'; readonly mark: string }
  /** The server has said that it has what was made, or erased. */
  | { readonly kind: 'acknowledged'; readonly change: 'made' | 'erased'; readonly mark: string }
  | { readonly kind: 'state'; readonly isSaved: boolean; readonly phase: string; readonly marks: string[] }
  | { readonly kind: 'ended'; readonly reason: string };

const MAX_PAUSE_MS = 120;
const SHARE_OF_ERASURES = 0.15;

const settings = JSON.parse(process.argv[2] ?? '') as ClientSettings;
const random = createRandom(settings.seed);
const provider = createProvider({
  documentId: settings.documentId,
  baseUrl: settings.baseUrl,
  headers: { cookie: settings.cookie },
  queue: createFileQueue(settings.queueFile),
  backoff: { minDelayMs: 20, maxDelayMs: 500 },
});
const root = provider.doc.getText(DOCUMENT_ROOT);
const own: string[] = [];
let count = 0;
let isWriting = false;

/** For the message of a failed run. */
function describe(state: ProviderState): string {
  if (state.phase === 'live')
    return `live, ${state.save}, ${state.stream}, ${state.problem?.message ?? 'no problem'}`;
  if (state.phase === 'failed')
    return `failed: ${state.error.code} ${state.error.message}, next at ${state.retryAt}`;
  return state.phase;
}

const report = (message: ClientReport) => process.send?.(message);
/** Each mark is one embedded map, so that it is there or not, and never in parts. */
function write(): void {
  if (provider.state.phase === 'live') {
    if (own.length > 0 && random.chance(SHARE_OF_ERASURES)) erase(own.shift() as string);
    else make(`${settings.name}-${++count}`);
  }
  if (isWriting) setTimeout(write, random.integer(0, MAX_PAUSE_MS));
}

function make(mark: string): void {
  root.insertEmbed(random.integer(0, root.length), new Y.Map([['mark', mark]]));
  report({ kind: 'made', mark });
  acknowledged('made', mark, () => own.push(mark));
}

function erase(mark: string): void {
  const index = marksOf(root).indexOf(mark);
  if (index < 0) return;
  root.delete(index, 1);
  report({ kind: 'erased', mark });
  acknowledged('erased', mark);
}

function acknowledged(change: 'made' | 'erased', mark: string, then = () => {}): void {
  provider.flush().then(
    () => {
      report({ kind: 'acknowledged', change, mark });
      then();
    },
    () => {},
  );
}

provider.subscribe(() => {
  const { state } = provider;
  if (state.phase === 'ended') report({ kind: 'ended', reason: state.reason });
  // A captive portal in place of the log, say: whoever is there would press the button.
  if (state.phase === 'failed' && state.retryAt === null) provider.retry();
});

process.on('message', (command: ClientCommand) => {
  if (command.kind === 'write') {
    const begins = command.isOn && !isWriting;
    isWriting = command.isOn;
    if (begins) write();
  } else {
    const { state } = provider;
    report({
      kind: 'state',
      phase: describe(state),
      isSaved: state.phase === 'live' && state.save === 'saved',
      marks: marksOf(root),
    });
  }
});
process.on('disconnect', () => process.exit());
