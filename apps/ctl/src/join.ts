import type { Ballot, Provider } from '@group-services/client';
import { BallotBox } from './ballot-box.js';
import { ballotJson, ballotLine } from './ballot-line.js';
import type { DaemonSession } from './daemon-session.js';
import { eventJson, eventLine } from './event-line.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import type { Wish } from './keys.js';
import { printable } from './printable.js';
import { joinFailure } from './proposing.js';

export interface JoinOptions {
  readonly group: string;
  readonly json: boolean;
  /** Results: events and ballots. Resolves when the next line may come. */
  readonly print: (line: string) => Promise<void>;
  /** Remarks for the person at the keys. */
  readonly remark: (line: string) => void;
  /** Begins to tell what the person wants; returns what stops it. */
  readonly wishes: (tell: (wish: Wish) => void) => () => void;
  /** Ends the membership in order. */
  readonly signal: AbortSignal;
}

/**
 * `gsctl join NAME`: a provider whose votes come from the keyboard, its own join's among them. It says
 * goodbye at the end.
 */
export async function join(daemon: DaemonSession, options: JoinOptions): Promise<void> {
  const { group, json, print, remark } = options;
  const leaving = new AbortController();
  const signal = AbortSignal.any([options.signal, leaving.signal]);
  const box = new BallotBox({
    shown: (ballot) => {
      const line = json ? ballotJson(ballot, new Date()) : ballotLine(ballot, new Date());
      void print(line);
    },
    late: (ballot) => remark(`Phase ${nameOf(ballot)} is over.`),
  });
  const stopReading = options.wishes((wish) => {
    if (wish === 'quit') {
      leaving.abort();
      return;
    }
    const ballot = box.vote(wish);
    remark(ballot === undefined ? 'No ballot is open.' : `Voted ${wish} in ${nameOf(ballot)}.`);
  });
  try {
    const provider = await joined(daemon, { group, box, signal });
    if (provider === undefined) return;
    await follow(provider, { ...options, signal });
  } finally {
    stopReading();
  }
}

/** Undefined: the person left before the group had decided. */
async function joined(
  daemon: DaemonSession,
  {
    group,
    box,
    signal,
  }: { readonly group: string; readonly box: BallotBox; readonly signal: AbortSignal },
): Promise<Provider | undefined> {
  const instance = `gsctl-${process.pid}`;
  const vote = (ballot: Ballot) => box.ask(ballot);
  try {
    return await daemon.services.join(group, { instance, vote, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw joinFailure(error, group, daemon.endpoint);
  }
}

async function follow(
  provider: Provider,
  { json, print, remark, signal }: JoinOptions,
): Promise<void> {
  const leave = (): void => void provider.goodbye();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    for await (const event of provider) {
      await print(json ? eventJson(event, new Date()) : eventLine(event, new Date()));
      if (event.type !== 'removed' || signal.aborted) continue;
      const isLost = event.reason === 'connection-lost' || event.reason === 'daemon-stopped';
      const status = isLost ? EXIT_STATUS.unreachable : EXIT_STATUS.failed;
      throw new CommandFailure(status, `${provider.id} was removed: ${event.reason}`);
    }
    remark(`${printable(provider.id)} has said goodbye.`);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function nameOf({ protocol, phase }: Ballot): string {
  return `${phase} of ${protocol.kind} ${protocol.id}`;
}
