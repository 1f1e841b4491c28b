import { Agreed, listProblems } from '@group-services/testkit';
import type { ClientView, ToClient } from '@group-services/wire';
import { askedWrongly, barriersBroken, causesWrong } from './barrier-checks.js';
import { endsOf, outcomesWrong } from './outcome-checks.js';
import type { PerfectMetagroup } from './perfect-metagroup.js';
import { Phases } from './phases.js';
import { answeredBy, type Process, textOf } from './processes.js';
import { refusalsWrong } from './refusal-checks.js';
import { selectionWrong } from './selection-checks.js';
import { statesWrong } from './state-checks.js';

/** What a run did wrong, in words; the checks know nothing of how the engines work. */
export function violations(
  metagroup: PerfectMetagroup,
  processes: readonly Process[],
): readonly string[] {
  const living = processes.filter((it) => it.daemon.isAlive && !it.isGone);
  const { chronicle } = metagroup;
  const phases = new Phases(chronicle, processes);
  const known = { chronicle, phases, processes };
  return [
    ...metagroup.complaints,
    ...copiesDiffer(metagroup),
    ...living.flatMap(answersOf),
    ...living.flatMap(historiesOf),
    ...contentsDiffer(living),
    ...fencesDiffer(processes),
    ...outcomesWrong(living),
    ...barriersBroken(known),
    ...askedWrongly(known),
    ...causesWrong(known, endsOf(living)),
    ...statesWrong(living, phases),
    ...selectionWrong(chronicle, living),
    ...stillWaiting(metagroup),
    ...ordersDiffer(living),
    ...refusalsWrong(processes, living),
    ...listedAndLiving(metagroup, living),
  ];
}

/** Every daemon has the same copy of the group. */
function copiesDiffer(metagroup: PerfectMetagroup): readonly string[] {
  const copies = new Set<string>();
  for (const { engine, isFull } of metagroup.daemons.values()) {
    if (!isFull) continue;
    const { generation, life, fence, providers, labels } = engine.inspect();
    const { attributes, stateValueBytes } = engine.inspect();
    const list = { generation, life, fence, providers, labels };
    copies.add(JSON.stringify({ ...list, attributes, stateValueBytes }));
  }
  return copies.size > 1 ? [`copies differ: ${[...copies].join(' / ')}`] : [];
}

/** Exactly one answer per request. */
function answersOf({ client, daemon, asked, heard }: Process): readonly string[] {
  const counts = new Map<number, number>();
  for (const message of heard) {
    const request = answeredBy(message);
    if (request > 0) counts.set(request, (counts.get(request) ?? 0) + 1);
  }
  return [...asked].flatMap(([request, what]) => {
    const count = counts.get(request) ?? 0;
    return count === 1
      ? []
      : [`${daemon.node}${client}: request ${request} (${what}) has ${count} answers`];
  });
}

/** Per handle: one beginning, growing positions, an unbroken chain of views, silence after the end. */
function historiesOf(process: Process): readonly string[] {
  const wrong: string[] = [];
  const handles = new Set(process.heard.map(handleOf).filter((handle) => handle > 0));
  for (const handle of handles) {
    const all = process.heard.filter((message) => handleOf(message) === handle);
    const story = all.filter(isEvent);
    for (const problem of [...storyProblems(process, story), ...ballotProblems(process, all)]) {
      wrong.push(`${process.daemon.node}${process.client} handle ${handle}: ${problem}`);
    }
  }
  return wrong;
}

/** Not what is said about votes; and not what ends a join that was voted down. */
function isEvent(message: ToClient, index: number, all: readonly ToClient[]): boolean {
  if (['ballot', 'rider', 'vote-not-expected'].includes(message.kind)) return false;
  return message.kind !== 'rejected' || all.slice(0, index).some(({ kind }) => kind === 'joined');
}

/** Of each protocol a voter hears the phases one by one, and nothing after its end. */
function ballotProblems(process: Process, story: readonly ToClient[]): readonly string[] {
  const wrong: string[] = [];
  const phases = new Map<string, number>();
  const over = new Set<string>();
  for (const message of story) {
    if (message.kind === 'approved' || message.kind === 'rejected') over.add(message.protocol.id);
    if (message.kind === 'rider' && over.has(message.protocol)) {
      // Those of a joiner's own join follow its snapshot, which is the end of the join.
      wrong.push(`hears a rider of ${message.protocol} after its end`);
    }
    if (message.kind !== 'ballot') continue;
    const { protocol, phase } = message;
    if (process.shownBy(message)?.fence !== message.fence) {
      wrong.push(`is asked about a list that it does not have by ${protocol.id}`);
    }
    if (over.has(protocol.id)) wrong.push(`is asked about ${protocol.id} after its end`);
    if (phase !== (phases.get(protocol.id) ?? 0) + 1) wrong.push(`skips to phase ${phase}`);
    phases.set(protocol.id, phase);
  }
  return wrong;
}

function storyProblems(process: Process, story: readonly ToClient[]): readonly string[] {
  const wrong: string[] = [];
  let position = -1;
  let view: ClientView | undefined;
  let isOver = false;
  const [first] = story;
  if (first === undefined) return [];
  if (first.kind !== 'joined' && first.kind !== 'subscribed') wrong.push(`begins ${first.kind}`);
  for (const [index, message] of story.entries()) {
    if (isOver) wrong.push(`hears ${message.kind} after its end`);
    const at = positionOf(message);
    if (at !== undefined && 'handle' in message) {
      // A new generation counts anew; only a persistent subscription lives that long.
      const isNewStart = message.kind === 'snapshot';
      const isEnd = message.kind === 'removed' || message.kind === 'dissolved';
      const isSame = isEnd || story[index - 1]?.kind === 'joined';
      if (!isNewStart && (isSame ? at < position : at <= position)) wrong.push('goes back');
      position = at;
    }
    if (message.kind === 'joined' || message.kind === 'snapshot') view = message.snapshot.view;
    if (message.kind === 'subscribed') view = message.snapshot?.view;
    if (hasMembership(message)) {
      const next = process.heardAt(message).view;
      if (view === undefined) wrong.push('a membership event before a view');
      else wrong.push(...listProblems(view, next, message.membership));
      view = next;
    }
    if (message.kind === 'removed') isOver = true;
  }
  return wrong;
}

type Changing = Extract<ToClient, { kind: 'approved' | 'rejected' }>;

function hasMembership(
  message: ToClient,
): message is Changing & { readonly membership: NonNullable<Changing['membership']> } {
  const isChanging = message.kind === 'approved' || message.kind === 'rejected';
  return isChanging && message.membership !== undefined;
}

/** Whatever two processes hear at one place of the order is the same. */
function contentsDiffer(living: readonly Process[]): readonly string[] {
  const agreed = new Agreed();
  const wrong: string[] = [];
  for (const process of living) {
    for (const message of process.heard) {
      if (!isContent(message)) continue;
      // Positions count per generation.
      const place = `${process.heardAt(message).generation} ${message.position}`;
      const content = contentOf(message);
      // A voted message stands where its protocol ends.
      const matter = `${place} ${message.kind === 'message'}`;
      const first = agreed.differing(matter, content, nameOf(process));
      if (first !== undefined) wrong.push(`at ${place}: ${first.text} and ${content}`);
    }
  }
  return wrong;
}

/** One fence names one list, whoever saw it: also those that are lost since. */
function fencesDiffer(processes: readonly Process[]): readonly string[] {
  const agreed = new Agreed();
  const wrong = new Set<string>();
  for (const process of processes) {
    for (const message of process.heard) {
      const { fence, version, numbers } = process.heardAt(message).view ?? NO_LIST;
      if (fence === '') continue;
      const list = `${version} [${numbers.join(' ')}]`;
      const first = agreed.differing(fence, list, nameOf(process));
      if (first !== undefined) wrong.add(`${fence} names ${first.text} and ${list}`);
    }
  }
  return [...wrong];
}

const NO_LIST = { fence: '', version: 0, numbers: [] };

type Content = Extract<ToClient, { kind: 'message' | 'approved' | 'rejected' | 'announcement' }>;

function isContent(message: ToClient): message is Content {
  return ['message', 'approved', 'rejected', 'announcement'].includes(message.kind);
}

/** `rejected` and what subscribers hear of forced removals is the same protocol. */
function contentOf(message: Content): string {
  if (message.kind === 'message') return `${message.from} ${textOf(message.payload)}`;
  if (message.kind === 'announcement') return `${message.code} ${message.providers}`;
  return JSON.stringify({ protocol: message.protocol, phases: message.phases });
}

/** Messages of one sender arrive in the order of its calls, each once. */
function ordersDiffer(living: readonly Process[]): readonly string[] {
  const wrong: string[] = [];
  for (const process of living) {
    const last = new Map<string, number>();
    for (const message of process.heard) {
      if (message.kind !== 'message') continue;
      const [sender = '', count = ''] = textOf(message.payload).split(':');
      const key = `${message.handle} ${sender}`;
      if (Number(count) <= (last.get(key) ?? 0)) wrong.push(`${sender}:${count} is out of order`);
      last.set(key, Number(count));
    }
  }
  return wrong;
}

/** At rest the list holds exactly the providers of living processes. */
function listedAndLiving(
  metagroup: PerfectMetagroup,
  living: readonly Process[],
): readonly string[] {
  const held = living.reduce((sum, process) => sum + process.provided.length, 0);
  const listed = metagroup.leader?.engine.inspect().providers.length ?? 0;
  return held === listed ? [] : [`${held} providers are held, ${listed} are listed`];
}

/** At rest nothing is voted on and no request is open. */
function stillWaiting(metagroup: PerfectMetagroup): readonly string[] {
  return [...metagroup.daemons.values()].flatMap(({ node, engine }) => {
    const { voting, openRequests, waitingProposals } = engine.inspect();
    const what = JSON.stringify({ voting, openRequests, waitingProposals });
    return voting === undefined && openRequests + waitingProposals === 0
      ? []
      : [`${node} still has ${what}`];
  });
}

function nameOf({ daemon, client }: Process): string {
  return `${daemon.node}${client}`;
}

function handleOf(message: ToClient): number {
  return 'handle' in message ? message.handle : 0;
}

function positionOf(message: ToClient): number | undefined {
  if ('position' in message) return message.position;
  return 'snapshot' in message ? message.snapshot?.position : undefined;
}
