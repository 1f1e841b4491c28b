import { batch, computed, signal } from '@preact/signals';
import type {
  Client,
  Counters,
  DaemonAnswer,
  DomainNodes,
  Entry,
  Group,
  GroupAnswer,
  LeasedNode,
  NameServerAnswer,
  OperatorAnswer,
  Options,
  Votes,
} from './api/answers.js';
import { EventConnection } from './api/events.js';
import { Refused, read, readIfAny, wantsToken } from './api/http.js';
import { History } from './model/history.js';
import { type Sample, sampled } from './model/samples.js';
import { route } from './route.js';

/** Everything that the page knows of the program that serves it, renewed every two seconds. */
export type Program =
  | {
      readonly kind: 'daemon';
      readonly status: DaemonAnswer;
      readonly nodes: DomainNodes;
      readonly groups: readonly Group[];
      readonly clients: readonly Client[];
    }
  | {
      readonly kind: 'name-server';
      readonly status: NameServerAnswer;
      readonly nodes: readonly LeasedNode[];
      readonly groups: readonly Entry[];
    };

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly since: number; readonly why: string }
  | { readonly kind: 'token-wanted'; readonly why: string };

export const program = signal<Program | undefined>(undefined);
export const options = signal<Options>({});
/** Who looks, for the program; asked again after the connection was away. */
export const operator = signal<OperatorAnswer | undefined>(undefined);
export const connection = signal<Connection>({ kind: 'connecting' });
/** The group that is looked at. */
export const group = signal<GroupAnswer | null | undefined>(undefined);
export const votes = signal<Votes | undefined>(undefined);
/** When {@link votes} was asked for: its times are spans. */
export const votesAt = signal(0);
export const samples = signal<readonly Sample[]>([]);
export const history = new History();
/** Counts what came into {@link history}; a page that shows it reads this. */
export const historyVersion = signal(0);
/** Whether events are missing before the oldest that is known. */
export const isMissingEvents = signal(false);

export const isSignedOut = computed(() => connection.value.kind === 'token-wanted');

const POLL_MS = 2_000;
/** While something is voted on, and after events; not more often than that. */
const POLL_SOON_MS = 500;
/** New events are shown at most so often. */
const SHOW_MS = 200;

let events: EventConnection | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let polledAt = 0;
let polling = false;
let _showing: ReturnType<typeof setTimeout> | undefined;

/** Begins to look, and looks for as long as the page is open. */
export function begin(): void {
  events = new EventConnection({
    opened: (isWhole) => {
      if (!isWhole && history.version > 0) history.clear();
      isMissingEvents.value = !isWhole;
    },
    news: (news) => {
      history.take(news);
      _showing ??= setTimeout(() => {
        _showing = undefined;
        historyVersion.value = history.version;
      }, SHOW_MS);
      pollSoon();
    },
    failed: (error) => failed(error),
  });
  void events.run();
  void poll();
  document.addEventListener('visibilitychange', () => pollSoon());
}

/** After a token was given, or the operator does not want to wait. */
export function tryAgain(): void {
  connection.value = { kind: 'connecting' };
  events?.retryNow();
  pollSoon();
}

/** Something has changed, or another group is looked at. */
export function pollSoon(): void {
  schedule(Math.max(0, polledAt + POLL_SOON_MS - performance.now()));
}

function schedule(ms: number): void {
  if (polling) return;
  clearTimeout(timer);
  // Asking on without a good token counts as guessing, and shuts the door to a good one.
  if (isSignedOut.value) return;
  timer = setTimeout(() => void poll(), ms);
}

async function poll(): Promise<void> {
  // Nobody sees it.
  if (document.hidden) return schedule(POLL_MS);
  polling = true;
  polledAt = performance.now();
  try {
    const known = await readProgram();
    const [shown, counters] = await Promise.all([readGroup(known), read<Counters>('api/counters')]);
    // At once: each change by itself would draw the page again.
    batch(() => {
      program.value = known;
      show(shown);
      samples.value = sampled(samples.value, counters);
      connection.value = { kind: 'live' };
    });
  } catch (error) {
    failed(error);
  } finally {
    polling = false;
  }
  schedule(group.value?.voting == null ? POLL_MS : POLL_SOON_MS);
}

async function readProgram(): Promise<Program> {
  const status = await read<DaemonAnswer | NameServerAnswer>('api/status');
  if (program.value === undefined) options.value = await read<Options>('api/options');
  if ('node' in status) {
    if (connection.value.kind !== 'live') {
      operator.value = await read<OperatorAnswer>('api/operator');
    }
    const [nodes, groups, clients] = await Promise.all([
      read<DomainNodes>('api/nodes'),
      read<readonly Group[]>('api/groups'),
      read<readonly Client[]>('api/clients'),
    ]);
    return { kind: 'daemon', status, nodes, groups, clients };
  }
  const [nodes, groups] = await Promise.all([
    // One that is not active knows of none.
    readIfAny<readonly LeasedNode[]>('api/nodes'),
    readIfAny<readonly Entry[]>('api/groups'),
  ]);
  return { kind: 'name-server', status, nodes: nodes ?? [], groups: groups ?? [] };
}

interface Shown {
  readonly name: string;
  readonly group: GroupAnswer | null | undefined;
  readonly votes: Votes | undefined;
}

async function readGroup(known: Program): Promise<Shown> {
  const { page, group: name } = route.value;
  if (page !== 'group' || known.kind !== 'daemon') {
    return { name, group: undefined, votes: undefined };
  }
  const query = encodeURIComponent(name);
  const answer = await readIfAny<GroupAnswer>(`api/group?name=${query}`);
  const isRunning = answer?.detail?.running != null;
  const asked = isRunning ? await readIfAny<Votes>(`api/votes?group=${query}`) : undefined;
  return { name, group: answer ?? null, votes: asked };
}

function show({ name, group: fresh, votes: asked }: Shown): void {
  // Another one may be looked at by now.
  if (route.value.group !== name) return;
  votes.value = asked;
  votesAt.value = Date.now();
  group.value = fresh == null ? fresh : withKept(fresh, group.value);
}

/** A long list that is as it was stays the same object, so that it is not drawn again. */
function withKept(fresh: GroupAnswer, before: GroupAnswer | null | undefined): GroupAnswer {
  const [list, known] = [fresh.detail?.providers, before?.detail?.providers];
  if (fresh.detail === null || known === undefined) return fresh;
  if (JSON.stringify(list) !== JSON.stringify(known)) return fresh;
  return { ...fresh, detail: { ...fresh.detail, providers: known } };
}

function failed(error: unknown): void {
  if (wantsToken(error)) {
    connection.value = { kind: 'token-wanted', why: error.message };
    return;
  }
  if (error instanceof Refused && error.isOutdated) return;
  const why = error instanceof Refused ? error.message : 'it does not answer';
  const { value } = connection;
  const since = value.kind === 'lost' ? value.since : Date.now();
  connection.value = { kind: 'lost', since, why };
}
