import { setTimeout as pause } from 'node:timers/promises';
import type { NodeName } from '@group-services/core';
import type { DrainReport, DrainWish } from '@group-services/wire';
import type { DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { OperatorConnection } from './operator-connection.js';
import type { Report } from './report.js';

/** How often the daemon is asked how far it is. */
const LOOK_EVERY_MS = 200;

export interface DrainOptions {
  readonly node: string;
  /** Until when it has to be empty, from now. */
  readonly timeoutMs: number;
  /** Told whenever it has come on. */
  readonly progress: (line: string) => void;
  /** The operator has seen enough: the node stays drained. */
  readonly signal: AbortSignal;
}

/**
 * `gsctl nodes drain NODE`: its daemon hands over every lead and takes no more joins; waits until no process
 * is left there and it leads nothing, so that it can be stopped and nobody notices.
 */
export async function drainNode(daemon: DaemonSession, options: DrainOptions): Promise<Report> {
  const { node, timeoutMs, progress, signal } = options;
  const until = Date.now() + timeoutMs;
  const connection = await OperatorConnection.open(daemon);
  try {
    let told = '';
    let report = await wish(connection, node, 'drain');
    for (;;) {
      const text = progressText(node, report);
      if (text !== told) progress(text);
      told = text;
      if (isEmpty(report)) return { json: { node, empty: true, ...report }, text: emptyText(node) };
      if (!report.drained) throw failed(`node ${node} was put into service again meanwhile`);
      if (signal.aborted)
        throw failed(`node ${node} is drained and not empty: ${waitsText(report)}`);
      if (Date.now() >= until) throw late(options, report);
      await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      report = await wish(connection, node, 'look');
    }
  } finally {
    connection.close();
  }
}

/** `gsctl nodes undrain NODE` */
export async function undrainNode(daemon: DaemonSession, node: string): Promise<Report> {
  const connection = await OperatorConnection.open(daemon);
  try {
    const report = await wish(connection, node, 'undrain');
    const text = `Node ${node} is in service: it takes joins and leads.`;
    return { json: { node, ...report }, text };
  } finally {
    connection.close();
  }
}

/** Leads nothing, and has nobody to serve. */
export function isEmpty({ leads, providers, subscriptions }: DrainReport): boolean {
  return leads + providers + subscriptions === 0;
}

export function progressText(node: string, report: DrainReport): string {
  const { leads, processes, providers, subscriptions } = report;
  const parts = [
    counted(leads, 'group led', 'groups led'),
    counted(processes, 'process', 'processes'),
    counted(providers, 'provider', 'providers'),
    counted(subscriptions, 'subscription', 'subscriptions'),
  ];
  return `${node}: ${parts.join(', ')}`;
}

async function wish(
  connection: OperatorConnection,
  node: string,
  what: DrainWish,
): Promise<DrainReport> {
  // The command line has checked the name.
  const question = { kind: 'drain', node: node as NodeName, wish: what } as const;
  const answer = await connection.ask(question, 'limited');
  if (answer?.kind === 'drain') return answer.report;
  const why = answer?.kind === 'refused' ? answer.text : 'the daemon closed the connection';
  throw failed(
    `cannot ${what === 'look' ? 'see how far the drain is' : what} node ${node}: ${why}`,
  );
}

function late({ node, timeoutMs }: DrainOptions, report: DrainReport): CommandFailure {
  const message = `node ${node} is drained, and not empty after ${timeoutMs / 1000} s: ${waitsText(report)}`;
  const remark = `It stays drained. Stop what runs there, and say gsctl nodes drain ${node} again to wait on; or gsctl nodes undrain ${node}.`;
  return new CommandFailure(EXIT_STATUS.failed, message, { remark });
}

function waitsText({ waitsFor }: DrainReport): string {
  return waitsFor.length === 0 ? 'it has not said for what it waits' : waitsFor.join('; ');
}

function emptyText(node: string): string {
  return `Node ${node} is drained and empty: its daemon can be stopped. gsctl nodes undrain ${node} puts it into service again.`;
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function failed(message: string): CommandFailure {
  return new CommandFailure(EXIT_STATUS.failed, message);
}
