import { fileURLToPath } from 'node:url';
import {
  DURATION_CLASSES_MS,
  type Durations,
  type GroupName,
  type Journal,
} from '@group-services/core';
import type { DaemonEngine, DaemonNews, GroupPage } from '@group-services/daemon-engine';
import { EventFeed, LoopDelayMeter, type Route } from '@group-services/runtime';

/** Built from apps/console, and copied beside this program. */
export const consoleFolder = fileURLToPath(new URL('./console/', import.meta.url));

/** Of a state value so much is shown. */
const STATE_SHOWN_MAX = 64 * 1024;

export interface ConsoleSources {
  readonly engine: DaemonEngine;
  readonly journal: Journal<DaemonNews>;
  /** Of the clock that the engine runs by. */
  readonly now: () => number;
  readonly startedAt: Date;
  readonly clients: { readonly size: number; readonly queuedBytesMax: number };
}

/** What the page at `/` asks for beside the rest of the admin endpoint. */
export function consoleRoutes(sources: ConsoleSources): Readonly<Record<string, Route>> {
  const { engine, journal, now, startedAt } = sources;
  const run = startedAt.getTime().toString(36);
  const feed = new EventFeed({ run, journal, now });
  const loopDelay = new LoopDelayMeter();
  return {
    /** Server-sent: what has happened in the last ten minutes, and from now on. */
    '/api/events': () => feed,
    /** One group in full: who provides it, its state value, and the protocol that runs. */
    '/api/group': ({ query }) => {
      // A name of no group is found nowhere.
      const page = engine.groupPage((query.get('name') ?? '') as GroupName);
      return page === undefined ? undefined : shown(page);
    },
    /** For charts: two answers, and the time between them, are a rate. */
    '/api/counters': () => ({ ...counters(sources), loopDelay: loopDelay.read() }),
  };
}

function shown({ detail, ...status }: GroupPage): object {
  if (detail === undefined) return { ...status, detail: null };
  const { stateValue, ...rest } = detail;
  const state = stateValue === null ? null : stateShown(stateValue);
  return { ...status, detail: { ...rest, state } };
}

function stateShown(value: Uint8Array): object {
  const base64 = Buffer.from(value.subarray(0, STATE_SHOWN_MAX)).toString('base64');
  return { bytes: value.length, base64 };
}

function counters({ engine, clients }: ConsoleSources): object {
  const { groups, takeovers, suspicions } = engine.tally;
  const streams = engine.inspect().groups.map(({ stream }) => stream);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const processor = process.cpuUsage();
  return {
    at: Date.now(),
    messages: groups.messagesDelivered,
    messageBytes: groups.messageBytesDelivered,
    protocols: groups.protocols
      .entries()
      .map(([[kind, outcome], count]) => ({ kind, outcome, count })),
    plainMessages: groups.plainMessages,
    classesMs: DURATION_CLASSES_MS,
    phaseMs: durations(groups.phaseMs),
    protocolMs: durations(groups.protocolMs),
    takeovers: sum(takeovers.entries().map(([, count]) => count)),
    suspicions: sum(suspicions.entries().map(([, count]) => count)),
    retainedBytes: sum(streams.map((stream) => stream?.retainedBytes ?? 0)),
    retainedMessages: sum(streams.map((stream) => stream?.retained ?? 0)),
    clients: clients.size,
    queuedBytesMax: clients.queuedBytesMax,
    processorMs: Math.round((processor.user + processor.system) / 1_000),
    memoryBytes: process.memoryUsage.rss(),
  };
}

function durations(measured: Durations): readonly object[] {
  return measured.entries().map(([kind, { classes, count }]) => ({ kind, classes, count }));
}
