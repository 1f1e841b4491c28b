import { type DaemonId, type Instant, nodeOf } from '@group-services/core';
import type { DaemonInput, DaemonOutput } from '@group-services/daemon-engine';
import type { NameServerOutput } from '@group-services/name-server';
import { type DaemonUnderTest, type Engines, PRODUCTION } from '@group-services/simulation';
import type { Entry } from '@group-services/wire';
import type { Change, Told } from './happenings.js';
import { GROUP } from './settings.js';

type Tell = (told: Told) => void;
type NameServerUnderTest = ReturnType<Engines['nameServer']>;

/**
 * The engines that run in production, with somebody who looks at what goes in and what comes out and
 * tells what of it belongs to the story. They are not changed, and do not know.
 */
export function watchedEngines(tell: Tell): Engines {
  const words = new NameServerWords(tell);
  return {
    daemon: (options) => watchedDaemon(PRODUCTION.daemon(options), options.node, tell),
    nameServer: (options) => watchedNameServer(PRODUCTION.nameServer(options), words),
  };
}

function watchedDaemon(engine: DaemonUnderTest, node: string, tell: Tell): DaemonUnderTest {
  return {
    step(input: DaemonInput, now: Instant): readonly DaemonOutput[] {
      for (const told of fromInput(input, node)) tell(told);
      const outputs = engine.step(input, now);
      for (const output of outputs) for (const told of fromOutput(output, node)) tell(told);
      return outputs;
    },
    deadline: () => engine.deadline(),
    inspect: () => engine.inspect?.() ?? { groups: [], peers: [], clients: [] },
  };
}

function* fromInput(input: DaemonInput, node: string): Iterable<Told> {
  if (input.kind === 'nameServerDown') yield { kind: 'contact', by: node, contact: 'lost' };
  if (input.kind === 'nameServerUp') yield { kind: 'contact', by: node, contact: 'back' };
  if (input.kind !== 'fromPeer' || input.message.kind !== 'group') return;
  const { message } = input.message.envelope;
  // What was promised counts when the claimant hears it.
  if (message.kind === 'state') {
    const { version, contiguous } = message;
    yield { kind: 'promises', by: nodeOf(input.peer), to: node, version, upTo: contiguous };
  }
}

function* fromOutput(output: DaemonOutput, node: string): Iterable<Told> {
  switch (output.kind) {
    case 'toPeer': {
      if (output.message.kind !== 'group') return;
      const { message } = output.message.envelope;
      if (message.kind !== 'takeover') return;
      const { version } = message.entry;
      yield { kind: 'asks', by: node, whom: nodeOf(output.peer), version };
      return;
    }
    case 'log': {
      const { peer, why } = output.fields;
      if (output.event === 'peer suspected') {
        yield { kind: 'suspects', by: node, peer: nodeIn(peer), why: String(why) };
      } else if (output.event === 'peer alive again') {
        yield { kind: 'alive', by: node, peer: nodeIn(peer) };
      } else if (output.event === 'membership ended') {
        yield { kind: 'membership-over', by: node, why: String(why) };
      }
      return;
    }
    case 'observed':
      yield* fromObserved(output.event, node);
      return;
    default:
  }
}

type Observed = Extract<DaemonOutput, { kind: 'observed' }>['event'];

function* fromObserved(event: Observed, node: string): Iterable<Told> {
  if (event.kind === 'installed') {
    yield { kind: 'view', by: node, entry: event.entry, position: event.position };
    return;
  }
  if (event.kind === 'based' && event.position > 1) {
    yield { kind: 'snapshot', by: node, position: event.position };
  }
  if (event.kind !== 'branch') return;
  switch (event.name) {
    case 'claim':
      yield { kind: 'claims', by: node };
      return;
    case 'fetch':
      yield { kind: 'fetches', by: node };
      return;
    case 'taken-over':
      yield { kind: 'took-over', by: node };
      return;
    case 'deposed':
      yield { kind: 'deposed', by: node };
      return;
    case 'woken':
      yield { kind: 'woke', by: node };
      return;
    default:
  }
}

/** A daemon's id as a log line has it. */
function nodeIn(field: unknown): string {
  return nodeOf(String(field) as DaemonId);
}

function watchedNameServer(
  engine: NameServerUnderTest,
  words: NameServerWords,
): NameServerUnderTest {
  return {
    step(input, now) {
      const outputs = engine.step(input, now);
      for (const output of outputs) words.from(output);
      return outputs;
    },
    deadline: () => engine.deadline(),
    inspect: (now) => engine.inspect(now),
    incarnationOf: (node) => engine.incarnationOf(node),
  };
}

/** Each new entry once, whomever the name server tells it first. */
class NameServerWords {
  readonly #tell: Tell;
  #last: Entry | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  from(output: NameServerOutput): void {
    if (output.kind !== 'send') return;
    const { message } = output;
    if (message.kind === 'renewed') for (const entry of message.entries) this.#entry(entry);
    else if ('entry' in message && message.entry !== null) this.#entry(message.entry);
  }

  #entry(entry: Entry): void {
    const last = this.#last;
    if (entry.group !== GROUP) return;
    const isNewer =
      last === undefined ||
      entry.generation > last.generation ||
      (entry.generation === last.generation && entry.version > last.version);
    if (!isNewer) return;
    this.#last = entry;
    this.#tell({ kind: 'accepted', entry, change: changeOf(last, entry) });
  }
}

function changeOf(before: Entry | undefined, entry: Entry): Change {
  if (before?.generation !== entry.generation) return 'formed';
  return before.leader === entry.leader ? 'members' : 'leader';
}
