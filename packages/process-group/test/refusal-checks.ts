import type { ToClient } from '@group-services/wire';
import { type Process, textOf } from './processes.js';

const CERTAINLY_NOT_RUN = new Set(['REMOVED', 'ABORTED', 'COLLISION', 'OVERLOADED']);

/** From asking for an instance to the end of the membership, or of the wish, as its process knows. */
interface Claim {
  readonly process: Process;
  readonly request: number;
  readonly instance: string;
  readonly from: number;
  readonly until: number;
}

/** What refusals say is true. */
export function refusalsWrong(
  processes: readonly Process[],
  living: readonly Process[],
): readonly string[] {
  return [...refusedButRun(processes, living), ...duplicatesWrong(processes)];
}

/** A message whose sender was told that it was not run is heard by nobody. */
function refusedButRun(
  processes: readonly Process[],
  living: readonly Process[],
): readonly string[] {
  const refused = new Set<string>();
  for (const { heard, asked } of processes) {
    for (const message of heard) {
      if (message.kind !== 'refused' || !CERTAINLY_NOT_RUN.has(message.code)) continue;
      const what = asked.get(message.request);
      if (what?.startsWith('send ') === true) refused.add(what.slice(5));
    }
  }
  return living.flatMap(({ heard }) =>
    heard.flatMap((message) =>
      message.kind === 'message' && refused.has(textOf(message.payload))
        ? [`${textOf(message.payload)} was refused and run`]
        : [],
    ),
  );
}

/**
 * An instance is refused as taken only while another process of the node has it, or wants it: one that
 * is gone, though not removed yet, makes who comes next wait (rule R2).
 */
function duplicatesWrong(processes: readonly Process[]): readonly string[] {
  const claims = processes.flatMap(claimsOf);
  return processes.flatMap((process) => {
    const { daemon, client } = process;
    return process.heard.flatMap((message) => {
      if (message.kind !== 'refused' || message.code !== 'DUPLICATE_INSTANCE') return [];
      const own = claims.find((it) => it.process === process && it.request === message.request);
      if (own === undefined) return [`${daemon.node}${client}: a duplicate that was not asked for`];
      const isTaken = claims.some(
        (it) =>
          it !== own &&
          it.process.daemon === daemon &&
          it.instance === own.instance &&
          it.from < own.until &&
          it.until > own.from,
      );
      return isTaken ? [] : [`${daemon.node}${client}: ${own.instance} is refused, nobody has it`];
    });
  });
}

function claimsOf(process: Process): readonly Claim[] {
  return [...process.joins].flatMap(([handle, { request, instance }]) => {
    if (instance === undefined) return [];
    const end = process.heard.find((message) => isEnd(message, handle, request));
    const until = end === undefined ? process.goneAt : process.heardAt(end).moment;
    const from = process.askedAt.get(request) ?? 0;
    return [{ process, request, instance, from, until: Math.min(until, process.goneAt) }];
  });
}

function isEnd(message: ToClient, handle: number, request: number): boolean {
  if (message.kind === 'refused') return message.request === request;
  return message.kind === 'removed' && message.handle === handle;
}
