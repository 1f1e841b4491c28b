import { setTimeout } from 'node:timers/promises';
import type { SubscriptionEvent } from '@group-services/client';
import { NODES_GROUP } from '@group-services/wire';
import { answered, type DaemonSession } from './daemon-session.js';
import { eventJson, eventLine } from './event-line.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { VotingWatch, votingJson, votingLine } from './voting-watch.js';

/** Between two questions whom the group waits for. */
const ASK_EVERY_MS = 500;

export interface WatchOptions {
  readonly group: string;
  readonly json: boolean;
  /** Called once, when no change will be missed any more. */
  readonly started: () => void;
  /** Resolves when the next line may come. */
  readonly print: (line: string) => Promise<void>;
  /** Ends the watch in order. */
  readonly signal: AbortSignal;
}

/**
 * `gsctl watch NAME`: a line for each change of the group, until the signal fires. A group that does
 * not exist yet is waited for.
 */
export async function watch(daemon: DaemonSession, options: WatchOptions): Promise<void> {
  const { group, json, started, print, signal } = options;
  const subscription = await answered(
    daemon,
    daemon.services.subscribe(group, { persistent: true }),
  );
  // The connection is closed afterwards in any case, which ends the subscription at the daemon.
  const stop = (): void => void subscription.close();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  started();
  const voting = new AbortController();
  const isVotedOn = group !== NODES_GROUP;
  const asking = isVotedOn && watchVoting(daemon, options, voting.signal);
  try {
    for await (const event of subscription) {
      if (signal.aborted) return;
      await print(json ? eventJson(event, new Date()) : eventLine(event, new Date()));
      if (event.type === 'removed') throw ended(event, daemon.endpoint);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    voting.abort();
    await asking;
  }
}

/** Voting phases, beside the results; the leader may be far, so they come in their own time. */
async function watchVoting(
  { api }: DaemonSession,
  { group, json, print }: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const watcher = new VotingWatch(api, group);
  while (!signal.aborted) {
    const changes = await watcher.ask(signal);
    const at = new Date();
    for (const change of signal.aborted ? [] : changes) {
      await print(json ? votingJson(change, at) : votingLine(change, at));
    }
    // Ends early, and in order, when the watch does.
    await setTimeout(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function ended(
  { group, reason }: Extract<SubscriptionEvent, { type: 'removed' }>,
  endpoint: string,
): CommandFailure {
  if (reason === 'connection-lost' || reason === 'daemon-stopped') {
    const message = `lost the daemon at ${endpoint}. Is gsd still running there?`;
    return new CommandFailure(EXIT_STATUS.unreachable, message);
  }
  const message = `the daemon at ${endpoint} ended the watch of group ${group}: ${reason}`;
  return new CommandFailure(EXIT_STATUS.failed, message);
}
