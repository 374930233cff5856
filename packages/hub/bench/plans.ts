import type { Effort, FanOut } from './scenarios.ts';

const BURST_EVENTS = 20;
/** Latencies are measured on few big waves or more small ones. */
const MAX_PACED_DELIVERIES = 400_000;
const MIN_PACED_WAVES = 8;
const MAX_PACED_WAVES = 40;

/** What one run measures. */
export interface Plan {
  readonly fanOuts: readonly FanOut[];
  readonly effort: Effort;
  readonly idleSubscribers: number;
  readonly historyEvents: readonly number[];
  /** How many come back at the same moment. */
  readonly crowds: readonly number[];
}

export const QUICK: Plan = {
  fanOuts: fanOutsFor(1_000),
  effort: { warmUpMs: 800, measureMs: 1_600 },
  idleSubscribers: 4_000,
  historyEvents: [1_000, 100_000],
  crowds: [250, 1_000],
};

export const FULL: Plan = {
  fanOuts: [...fanOutsFor(1_000), ...fanOutsFor(10_000)],
  effort: { warmUpMs: 2_000, measureMs: 5_000 },
  idleSubscribers: 10_000,
  historyEvents: [1_000, 100_000, 1_000_000],
  crowds: [250, 1_000, 4_000],
};

function fanOutsFor(subscribers: number): FanOut[] {
  const many = subscribers.toLocaleString('en');
  const pacedWaves = (eventsPerSubscriber: number) =>
    Math.min(
      Math.max(MAX_PACED_DELIVERIES / (subscribers * eventsPerSubscriber), MIN_PACED_WAVES),
      MAX_PACED_WAVES,
    );
  return [
    {
      name: `${many} subscribers of one topic, single events`,
      subscribers,
      topics: 1,
      eventsPerTopic: 1,
      wavesAhead: 32,
      pacedWaves: pacedWaves(1),
    },
    {
      name: `${many} subscribers of one topic, bursts of ${BURST_EVENTS}`,
      subscribers,
      topics: 1,
      eventsPerTopic: BURST_EVENTS,
      wavesAhead: 4,
      pacedWaves: pacedWaves(BURST_EVENTS),
    },
    {
      name: `${many} subscribers of ${many} topics, single events`,
      subscribers,
      topics: subscribers,
      eventsPerTopic: 1,
      wavesAhead: 4,
      pacedWaves: pacedWaves(1),
    },
    ...oneByOne(subscribers, pacedWaves(1)),
  ];
}

/** The same number of writes for every delivery, so that what a delivery costs more is what topics or subscribers do. */
function oneByOne(deliveries: number, pacedWaves: number): FanOut[] {
  const many = deliveries.toLocaleString('en');
  const common = { oneByOne: true, pacedWaves };
  return [
    {
      ...common,
      name: `${many} subscribers of one topic, one event at a time`,
      subscribers: deliveries,
      topics: 1,
      eventsPerTopic: 1,
      wavesAhead: 1,
    },
    {
      ...common,
      name: `${many} subscribers of ${many} topics, one event at a time`,
      subscribers: deliveries,
      topics: deliveries,
      eventsPerTopic: 1,
      wavesAhead: 4,
    },
    {
      ...common,
      name: `One subscriber of one topic, ${many} events one at a time`,
      subscribers: 1,
      topics: 1,
      eventsPerTopic: deliveries,
      wavesAhead: 4,
    },
    {
      ...common,
      name: `One subscriber of one topic among ${many} of as many others, ${many} events one at a time`,
      subscribers: 1,
      bystanders: deliveries,
      topics: 1,
      eventsPerTopic: deliveries,
      wavesAhead: 4,
    },
  ];
}
