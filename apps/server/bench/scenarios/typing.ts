import { randomUUID } from 'node:crypto';
import { cpuSeconds } from '@cahier/testing';
import { Audience } from '../audience.ts';
import type { Client } from '../clients/client.ts';
import type { Contender } from '../contenders.ts';
import { Histogram } from '../histogram.ts';
import { paragraphs, Typist } from '../typists.ts';
import { withServer } from './with-server.ts';

export interface Typing {
  readonly writers: number;
  /** Characters a second of each writer; undefined: as fast as they can. */
  readonly rate: number | undefined;
  /** As fast as they can, before it is measured. */
  readonly warmUpMs: number;
  /** At the pace that is measured, after that: a server does other things when it is not busy. Unused without a rate. */
  readonly pacedWarmUpMs: number;
  readonly measureMs: number;
}

export interface TypingResult {
  /** Characters that everybody had, per second. */
  readonly editsPerS: number;
  /** From the keystroke to every other replica. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p95Ms: number;
  readonly cpuSPer1000Edits: number | undefined;
  /** Received by a client for each character typed elsewhere. */
  readonly bytesPerDelivery: number;
  /** Shares of one core. */
  readonly serverBusy: number | undefined;
  readonly loadBusy: number | undefined;
}

/** As fast as they can: so many characters ahead of what a neighbour has seen. */
const AHEAD = 10;
const TICK_MS = 1;
const LOOK_MS = 5;
/** After this what has not arrived never will. */
const PATIENCE_MS = 20_000;

/** Many people type into one document. */
export async function measureTyping(
  contender: Contender,
  { writers, rate, warmUpMs, pacedWarmUpMs, measureMs }: Typing,
): Promise<TypingResult> {
  const state = paragraphs(writers);
  const documentId = randomUUID();
  return withServer(contender, [{ id: documentId, edits: [state] }], async server => {
    const typists = Array.from({ length: writers }, (_, index) => new Typist(state, index));
    const audience = new Audience(typists);
    let failure: Error | undefined;
    let isFast = false;
    const clients: Client[] = [];
    const type = (index: number) => {
      (clients[index] as Client).send((typists[index] as Typist).type());
    };
    for (let index = 0; index < writers; index++) {
      const client = await server.connect(documentId, index, {
        onUpdate(update) {
          for (const { typist, from, to } of audience.receive(index, update)) {
            // Each writer has one neighbour who sets the pace.
            if (!isFast || (typist + 1) % writers !== index) continue;
            for (let clock = from; clock < to; clock++) setImmediate(type, typist);
          }
        },
        onFailure: reason => {
          failure ??= new Error(reason);
        },
      });
      clients.push(client);
    }

    const waitFor = async (isDone: () => boolean) => {
      const deadline = performance.now() + PATIENCE_MS;
      while (!isDone()) {
        if (failure) throw failure;
        if (performance.now() > deadline) throw new Error('what was typed did not arrive everywhere');
        await pause(LOOK_MS);
      }
    };
    const typeFor = async (ms: number, pace: number | undefined) => {
      const end = performance.now() + ms;
      if (pace === undefined) {
        isFast = true;
        for (let index = 0; index < writers; index++) for (let count = 0; count < AHEAD; count++) type(index);
        await waitFor(() => performance.now() >= end);
        isFast = false;
      } else {
        await typeAtRate(type, writers, pace, end);
      }
      if (failure) throw failure;
    };

    // A server that has been running for a while has its code compiled.
    const haveArrived = () => waitFor(() => audience.deliveries === audience.expected);
    await typeFor(warmUpMs, undefined);
    await haveArrived();
    if (rate !== undefined) {
      await typeFor(pacedWarmUpMs, rate);
      await haveArrived();
    }
    audience.latencies = new Histogram();
    const usage = () => ({
      at: performance.now(),
      cpu: cpuSeconds([server.process.pid]),
      loadCpu: cpuSeconds([process.pid]),
      deliveries: audience.deliveries,
      bytes: clients.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
    });
    const before = usage();
    await typeFor(measureMs, rate);
    await haveArrived();
    const after = usage();
    for (const client of clients) client.close();

    const seconds = (after.at - before.at) / 1000;
    const deliveries = after.deliveries - before.deliveries;
    const edits = deliveries / (writers - 1);
    const difference = (from: number | undefined, to: number | undefined) =>
      from === undefined || to === undefined ? undefined : to - from;
    const cpu = difference(before.cpu, after.cpu);
    const loadCpu = difference(before.loadCpu, after.loadCpu);
    return {
      editsPerS: edits / seconds,
      p50Ms: audience.latencies.quantile(0.5),
      p95Ms: audience.latencies.quantile(0.95),
      p99Ms: audience.latencies.quantile(0.99),
      cpuSPer1000Edits: cpu && (cpu / edits) * 1000,
      bytesPerDelivery: (after.bytes - before.bytes) / deliveries,
      serverBusy: cpu && cpu / seconds,
      loadBusy: loadCpu && loadCpu / seconds,
    };
  });
}

/** Everybody at the same pace, and no two at the same moment. */
async function typeAtRate(type: (writer: number) => void, writers: number, rate: number, end: number) {
  const intervalMs = 1000 / rate / writers;
  let due = performance.now();
  for (let writer = 0; due < end; ) {
    if (due > performance.now()) await pause(TICK_MS);
    for (; due <= performance.now() && due < end; due += intervalMs) {
      type(writer);
      writer = (writer + 1) % writers;
    }
  }
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
