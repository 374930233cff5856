import { onWake } from '@cahier/mercure-client';
import { isHidden } from './page.ts';

export interface PollerOptions {
  /** Asks the log for what is new, unless it is being asked, or waits to be asked again. */
  poll(): void;
  /** {@link Poller.isPolling} has changed. */
  onChange(): void;
}

/** A stream that comes back so soon is waited for. */
const PATIENCE_MS = 3_000;
/** While people write; afterwards the pace slackens, down to the slow one. */
const FAST_MS = 2_000;
const SLOW_MS = 15_000;
const SLACKENING = 1.3;
/** In a tab that nobody sees. */
const HIDDEN_MS = 60_000;
/** Each wait is up to this part longer: a server that lost all its streams is not asked by everybody at once. */
const JITTER = 0.3;

/** `patient`: the stream may be back in a moment. `asking`: no answer yet. `polling`: the last one was answered. */
type Phase = 'off' | 'patient' | 'asking' | 'polling';

/** Stands in for the stream while there is none: asks for what is new, often while people write, and rarely otherwise. */
export class Poller {
  readonly #options: PollerOptions;
  #phase: Phase = 'off';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paceMs = FAST_MS;
  #stopWaking: () => void = () => {};

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Whether the log is asked instead of the stream, and answers. */
  get isPolling(): boolean {
    return this.#phase === 'polling';
  }

  /** There is no stream. `heldBack`: and there will be none for a while. */
  start(heldBack: boolean): void {
    if (this.#phase === 'off') {
      this.#phase = 'patient';
      this.#paceMs = FAST_MS;
      this.#stopWaking = onWake(() => this.#wait(0));
      this.#wait(heldBack ? 0 : PATIENCE_MS);
    } else if (heldBack && this.#phase === 'patient') {
      this.#wait(0);
    }
  }

  /** The stream is back. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#phase = 'off';
    this.#stopWaking();
    this.#stopWaking = () => {};
  }

  /** Somebody writes: more may come soon. */
  hasten(): void {
    if (this.#paceMs === FAST_MS) return;
    this.#paceMs = FAST_MS;
    if (this.#phase === 'polling') this.#wait(jittered(FAST_MS));
  }

  /** The log has been asked, with or without success. */
  answered(success: boolean): void {
    const next = success ? 'polling' : 'asking';
    if (this.#phase === 'off' || this.#phase === 'patient' || this.#phase === next) return;
    this.#phase = next;
    this.#options.onChange();
  }

  #wait(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), delayMs);
  }

  #poll(): void {
    if (this.#phase === 'patient') this.#phase = 'asking';
    this.#wait(jittered(isHidden() ? HIDDEN_MS : this.#paceMs));
    this.#paceMs = Math.min(this.#paceMs * SLACKENING, SLOW_MS);
    this.#options.poll();
  }
}

const jittered = (delayMs: number) => delayMs * (1 + JITTER * Math.random());
