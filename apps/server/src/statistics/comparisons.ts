import { type ComparisonVerdict, comparisonVerdicts, type Difference, differences } from '@cahier/protocol';

const zeros = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map(name => [name, 0])) as Record<Name, number>;

/** What clients have found when they compared their documents with the log, since this process began. */
export class ComparisonStatistics {
  readonly verdicts = zeros(comparisonVerdicts);
  /** Differences that a client has looked at closely and mended, or tried to. */
  readonly differences = zeros(differences);
  /**
   * Whether the comparison after the mending has found client and log equal. Who may only read mends nothing in the log: what
   * they hold and it lacks is `held_by_reader`.
   */
  readonly mendings = zeros(['healed', 'not_healed', 'held_by_reader']);

  /**
   * @param mended - what the client has mended since its last comparison, of which this one is the proof
   * @param isHeldByReader - what is still different is more than the log has, with somebody who may not write
   */
  count(verdict: ComparisonVerdict, mended: Difference | null, isHeldByReader = false): void {
    this.verdicts[verdict] += 1;
    // It proves nothing yet: the client brings it again.
    if (mended === null || verdict === 'undecided') return;
    this.differences[mended] += 1;
    if (verdict === 'equal') this.mendings.healed += 1;
    else this.mendings[isHeldByReader ? 'held_by_reader' : 'not_healed'] += 1;
  }
}
