import type { Effort, FanOut } from './scenarios.ts';

/** What one run measures. */
export interface Plan {
  readonly fanOuts: readonly FanOut[];
  readonly effort: Effort;
  readonly idleSubscribers: number;
  readonly historyEvents: readonly number[];
  /** How many come back at the same moment. */
  readonly crowd: number;
}

export const QUICK: Plan = {
  fanOuts: fanOutsFor(1_000),
  effort: { warmUpMs: 800, measureMs: 1_600, pacedWaves: 30 },
  idleSubscribers: 4_000,
  historyEvents: [1_000, 100_000],
  crowd: 500,
};

export const FULL: Plan = {
  fanOuts: [...fanOutsFor(1_000), ...fanOutsFor(10_000)],
  effort: { warmUpMs: 2_000, measureMs: 5_000, pacedWaves: 60 },
  idleSubscribers: 10_000,
  historyEvents: [1_000, 100_000, 1_000_000],
  crowd: 1_000,
};

function fanOutsFor(subscribers: number): FanOut[] {
  const many = subscribers.toLocaleString('en');
  return [
    {
      name: `${many} subscribers of one topic, single events`,
      subscribers,
      topics: 1,
      eventsPerTopic: 1,
      wavesAhead: 32,
    },
    {
      name: `${many} subscribers of one topic, bursts of 20`,
      subscribers,
      topics: 1,
      eventsPerTopic: 20,
      wavesAhead: 4,
    },
    {
      name: `${many} subscribers of ${many} topics, single events`,
      subscribers,
      topics: subscribers,
      eventsPerTopic: 1,
      wavesAhead: 4,
    },
  ];
}
