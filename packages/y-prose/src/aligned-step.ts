import type { Node, Schema } from 'prosemirror-model';
import { Slice } from 'prosemirror-model';
import { ReplaceStep, Step, StepMap, StepResult } from 'prosemirror-transform';

const STEP_TYPE = 'yProseAligned';

/** Two documents, of which a step turns the first into the second. */
export interface Outcome {
  readonly before: Node;
  readonly now: Node;
}

/** A plain replacement whose outcome need not be worked out: it takes over the document that is there already. */
export class KnownStep extends ReplaceStep {
  readonly #outcome: Outcome | null;

  /** @param outcome - `null`: not known; for another document than the one before it is worked out, too */
  constructor(from: number, to: number, slice: Slice, outcome: Outcome | null) {
    super(from, to, slice);
    this.#outcome = outcome;
  }

  override apply(doc: Node): StepResult {
    return doc === this.#outcome?.before ? StepResult.ok(this.#outcome.now) : super.apply(doc);
  }
}

/**
 * Replaces a part of a document by another, and knows exactly which positions within are the same before and after: so
 * that wrapping, splitting, joining and moving of brackets leaves every selection, decoration and anchor where it was.
 */
export class AlignedStep extends KnownStep {
  readonly ranges: readonly number[];

  /**
   * @param ranges - as of a `StepMap`: start, size before, size after; within `from` and `to`
   */
  constructor(
    from: number,
    to: number,
    slice: Slice,
    ranges: readonly number[],
    outcome: Outcome | null = null,
  ) {
    super(from, to, slice, outcome);
    this.ranges = ranges;
  }

  override getMap(): StepMap {
    return new StepMap(this.ranges);
  }

  override invert(doc: Node): ReplaceStep {
    const inverted: number[] = [];
    this.getMap()
      .invert()
      .forEach((from, to, newFrom, newTo) => {
        inverted.push(from, to - from, newTo - newFrom);
      });
    const to = this.from + this.slice.size;
    return new AlignedStep(this.from, to, doc.slice(this.from, this.to), inverted);
  }

  /** Steps of others are not taken up. */
  override merge(): ReplaceStep | null {
    return null;
  }

  override toJSON() {
    return { ...super.toJSON(), stepType: STEP_TYPE, ranges: this.ranges };
  }

  static override fromJSON(schema: Schema, json: AlignedStepJson): AlignedStep {
    if (typeof json.from !== 'number' || typeof json.to !== 'number' || !Array.isArray(json.ranges)) {
      throw new RangeError('Invalid input for AlignedStep.fromJSON');
    }
    return new AlignedStep(json.from, json.to, Slice.fromJSON(schema, json.slice ?? null), json.ranges);
  }
}

interface AlignedStepJson {
  from?: unknown;
  to?: unknown;
  ranges?: unknown;
  slice?: ReturnType<Slice['toJSON']>;
}

Step.jsonID(STEP_TYPE, AlignedStep);
