import type { GroupName } from '@group-services/core';
import type { Directive } from '@group-services/testkit';
import type {
  AnnouncementCode,
  Labels,
  PartialAttributes,
  Phases,
  Proposed,
  ToClient,
  VoteValue,
  WireCause,
} from '@group-services/wire';
import type { VotingInspection } from '../src/index.js';
import type { Daemon } from './daemon.js';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { bytesOf, Process, textOf } from './processes.js';

type Value = VoteValue | 'default';
type Verb = (directive: Directive) => void;

/**
 * Carries out the directives of a scenario and prints what clients hear, one line per frame.
 *
 * `daemon a b` starts daemons. Processes are named `a1`: process 1 of daemon a; handles are counted
 * per process. `hold` keeps everything from happening until `go`; without it every directive runs
 * until nothing happens any more.
 */
export class Story {
  readonly #metagroup = new PerfectMetagroup();
  readonly #processes = new Map<string, Process>();
  #printed: string[] = [];
  #isHeld = false;
  readonly #verbs: Readonly<Record<string, Verb>> = {
    daemon: ({ words }) => {
      for (const node of words) this.#metagroup.start(node);
    },
    hold: () => {
      this.#isHeld = true;
    },
    go: () => {
      this.#isHeld = false;
    },
    /** One step whose name begins with these words. */
    step: ({ words, text }) => {
      const wanted = words.join(' ');
      const step = this.#metagroup.steps().find(({ name }) => name.startsWith(wanted));
      if (step === undefined) throw new Error(`cannot ${text}`);
      step.run();
    },
    /** The same if it can happen: that it cannot is what the scenario claims. */
    may: ({ words }) => {
      const wanted = words.join(' ');
      this.#metagroup
        .steps()
        .find(({ name }) => name.startsWith(wanted))
        ?.run();
    },
    flow: ({ words }) => this.#metagroup.flow(words[0] === 'open'),
    wait: ({ words }) => this.#metagroup.advance(Number(words[0])),
    kill: (it) => this.#metagroup.kill(this.#daemon(it), Number(it.arguments.get('lost') ?? 0)),
    fallout: (it) => this.#metagroup.expelDaemon(this.#daemon(it)),
    lose: () => this.#metagroup.loseGroup(),
    stop: (it) => this.#metagroup.step(this.#daemon(it), { kind: 'stopping' }),
    'end-stop': (it) => this.#metagroup.endStop(this.#daemon(it)),
    join: (it) => {
      this.#process(it).join({
        instance: it.arguments.get('instance'),
        attributes: attributesOf(it),
        labels: labelsOf(it),
        timeoutMs: Number(it.arguments.get('timeout') ?? 0),
      });
    },
    subscribe: (it) => {
      const { words } = it;
      const persistent = words.includes('persistent');
      const only = it.arguments.get('only');
      const shown = { membership: only !== 'state', state: only !== 'membership' };
      const timeoutMs = Number(it.arguments.get('timeout') ?? 0);
      this.#process(it).subscribe({ persistent, ...shown, timeoutMs });
    },
    unsubscribe: (it) => this.#process(it).unsubscribe(handleOf(it)),
    send: (it) => {
      const { words } = it;
      this.#process(it).send(handleOf(it), words[1] ?? '', words[2] === 'safe');
    },
    /** Several messages as one: `bundle a1 x y z`, `safe` last. */
    bundle: (it) => {
      const words = it.words.slice(1);
      const safe = words.at(-1) === 'safe';
      this.#process(it).sendBundle(handleOf(it), safe ? words.slice(0, -1) : words, safe);
    },
    state: (it) => {
      const given = it.arguments.get('if');
      const ifState = given === undefined ? undefined : given === 'none' ? null : bytesOf(given);
      this.#propose(it, { kind: 'state', value: bytesOf(it.words[1] ?? ''), ifState });
    },
    attributes: (it) => this.#propose(it, { kind: 'attributes', attributes: attributesOf(it) }),
    leave: (it) => this.#propose(it, { kind: 'leave', reason: it.arguments.get('reason') }),
    expel: (it) => {
      const providers = it.words.slice(1);
      this.#propose(it, { kind: 'expel', providers, reason: it.arguments.get('reason') });
    },
    voted: (it) => {
      const payload = bytesOf(it.words[1] ?? '');
      const safe = it.words[2] === 'safe';
      this.#propose(it, { kind: 'voted-message', payload, safe });
    },
    barrier: (it) => this.#propose(it, { kind: 'barrier' }, 'voting'),
    /** In the phase that it was asked for last, unless `phase` says another. */
    vote: (it) => {
      const { words, arguments: named } = it;
      const riders = { state: named.get('state'), message: named.get('message') };
      const defaultVote = named.get('default');
      this.#process(it).vote(handleOf(it), words[1] as Value, {
        ...riders,
        ...(defaultVote === undefined ? {} : { defaultVote: defaultVote as 'approve' }),
        ...(named.has('phase') ? { phase: Number(named.get('phase')) } : {}),
      });
    },
    /** The daemons in the processor group. */
    members: () => {
      const members = [...this.#metagroup.daemons.values()].filter((it) => it.membership);
      this.#printed.push(`in the processor group: [${members.map((it) => it.node).join(' ')}]`);
    },
    /** `source a db here`; `source a db lost 1 41`: by generation and position of its list; `leaving`. */
    source: (it) => {
      const [, name = '', how = '', generation, position] = it.words;
      const mark = { generation: Number(generation ?? 0), position: Number(position ?? 0) };
      const here = { joinable: how === 'here', provided: how !== 'lost', mark };
      const group = name as GroupName;
      this.#metagroup.step(this.#daemon(it), { kind: 'source', group, here });
    },
    report: (it) => this.#process(it).report(it.words[1] as AnnouncementCode),
    show: (it) => {
      const { voting } = this.#daemon(it).engine.inspect();
      this.#printed.push(voting === undefined ? 'nothing is voted on' : shown(voting));
    },
    withdraw: (it) => this.#process(it).withdraw(Number(it.arguments.get('request'))),
    goodbye: (it) => this.#process(it).goodbye(handleOf(it)),
    die: (it) => this.#process(it).die('process-failure', it.arguments.get('detail')),
    quit: (it) => this.#process(it).die('quit'),
  };

  run(directive: Directive): string {
    const verb = this.#verbs[directive.verb];
    if (verb === undefined) throw new Error(`line ${directive.line}: ${directive.verb}?`);
    this.#printed = [];
    verb(directive);
    if (!this.#isHeld) this.#metagroup.settle();
    this.#printed.push(...this.#metagroup.logs.splice(0));
    for (const complaint of this.#metagroup.complaints.splice(0)) this.#printed.push(complaint);
    return this.#printed.join('\n');
  }

  #propose(directive: Directive, proposed: Proposed, otherwise: Phases = 1): void {
    const given = directive.arguments.get('phases');
    const limit = directive.arguments.get('limit');
    this.#process(directive).propose(handleOf(directive), proposed, {
      phases: given === undefined ? otherwise : phasesOf(given),
      timeLimit: limit === undefined ? undefined : Number(limit),
    });
  }

  #daemon({ words: [node = ''] }: Directive): Daemon {
    const daemon = this.#metagroup.daemons.get(node);
    if (daemon === undefined) throw new Error(`no daemon ${node}`);
    return daemon;
  }

  #process({ words: [name = ''] }: Directive): Process {
    const known = this.#processes.get(name);
    if (known !== undefined) return known;
    const daemon = this.#metagroup.daemons.get(name.slice(0, 1));
    if (daemon === undefined) throw new Error(`no daemon for ${name}`);
    const process = new Process(this.#metagroup, daemon, Number(name.slice(1)));
    this.#processes.set(name, process);
    this.#metagroup.told.push((from, client, message) => {
      if (from === daemon && client === process.client)
        this.#printed.push(`${name} ${told(message, process.heardAt(message).view)}`);
    });
    return process;
  }
}

function handleOf({ arguments: named }: Directive): number {
  return Number(named.get('handle') ?? 1);
}

const NUMBERS = new Set(['batchWindow', 'timeLimit', 'maxPhases']);
const PHASES = new Set(['joinPhases', 'failurePhases', 'castOutPhases']);
const SWITCHES = new Set(['joinersVote', 'strict']);
const NO_ATTRIBUTES = new Set([
  'instance',
  'label',
  'long',
  'timeout',
  'handle',
  'phases',
  'limit',
]);

/** `label=zone:eu`; `long=900` has a text of so many bytes besides. */
function labelsOf(it: Directive): Labels | undefined {
  const [name = '', text = ''] = (it.arguments.get('label') ?? '').split(':');
  const long = it.arguments.get('long');
  const labels = {
    ...(name === '' ? {} : { [name]: text }),
    ...(long === undefined ? {} : { long: 'x'.repeat(Number(long)) }),
  };
  return Object.keys(labels).length === 0 ? undefined : labels;
}

function attributesOf({ arguments: named }: Directive): PartialAttributes {
  return Object.fromEntries(
    [...named]
      .filter(([name]) => !NO_ATTRIBUTES.has(name))
      .map(([name, value]) => [name, attributeOf(name, value)]),
  );
}

function attributeOf(name: string, value: string): unknown {
  if (NUMBERS.has(name)) return Number(value);
  if (PHASES.has(name)) return phasesOf(value);
  return SWITCHES.has(name) ? value === 'true' : value;
}

function phasesOf(text: string): Phases {
  if (text === 'voting') return text;
  return text === '1' ? 1 : { exactly: Number(text.replace('exactly', '')) };
}

/** One frame as one line: what it is, whose request it answers, what it says. */
function told(message: ToClient, list: View | undefined): string {
  const request = 'request' in message && message.request ? ` r${message.request}` : '';
  const handle = 'handle' in message ? ` h${message.handle}` : '';
  return `${message.kind}${handle}${request}${contentOf(message, list)}`;
}

function contentOf(message: ToClient, list: View | undefined): string {
  switch (message.kind) {
    case 'joined':
      return ` as ${message.provider} ${snapshotOf(message.snapshot)}`;
    case 'subscribed':
      return message.snapshot === null ? ' to nobody yet' : ` ${snapshotOf(message.snapshot)}`;
    case 'snapshot':
      return ` ${snapshotOf(message.snapshot)}`;
    case 'approved':
      return ` ${message.protocol.kind} at ${message.position}${phasesRun(message)}${partsOf(message, list)}`;
    case 'message':
      return ` ${textOf(message.payload)} from ${message.from} at ${message.position}`;
    case 'removed': {
      const detail = message.detail === undefined ? '' : ` (${message.detail})`;
      return ` by ${message.protocol?.kind ?? 'nothing'} at ${message.position}${phasesRun(message)}: ${message.reason}${detail}`;
    }
    case 'ballot':
      return ballotOf(message, list);
    case 'rider':
      return ` ${textOf(message.payload)} from ${message.from}`;
    case 'rejected':
      return ` ${message.protocol.kind} of ${message.protocol.id} at ${message.position} after ${message.phases}${causesOf(message.causes)}${changesOf(message)}${partsOf(message, list)}`;
    case 'announcement':
      return ` ${message.code} at ${message.position} [${message.providers.join(' ')}]`;
    case 'vote-not-expected':
      return ` ${message.protocol} phase ${message.phase}`;
    case 'dissolved':
      return ` at ${message.position}`;
    case 'refused':
      return ` ${message.code}: ${message.text}`;
    default:
      return '';
  }
}

/** Nothing is said of a one-phase protocol. */
function phasesRun({
  phases = 0,
  causes = [],
}: {
  readonly phases?: number | undefined;
  readonly causes?: readonly WireCause[] | undefined;
}): string {
  return phases === 0 ? '' : ` after ${phases}${causesOf(causes)}`;
}

function causesOf(causes: readonly WireCause[]): string {
  const said = causes.map(({ code, value, provider }) =>
    [provider, value, code].filter((word) => word !== undefined).join(' '),
  );
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** Joiners are shown the group; providers are asked about the list that they have. */
function ballotOf(ballot: Extract<ToClient, { kind: 'ballot' }>, list: View | undefined): string {
  const { protocol, phase, fence, group, defaultVote, timeLeft = 'no', causes } = ballot;
  const view = group?.view ?? list;
  const about = view?.fence === fence ? `[${view.providers.join(' ')}]` : 'another list';
  const value = group?.stateValue ?? null;
  const state = value === null ? '' : ` state ${textOf(value)}`;
  return ` ${protocol.kind} of ${protocol.id} phase ${phase}${causesOf(causes)}${changesOf(ballot)}: ${about}${state} default ${defaultVote} limit ${timeLeft}`;
}

/** What is proposed. */
function changesOf({
  joining,
  leaving,
  proposedStateValue,
  message,
  attributes,
}: Pick<
  Extract<ToClient, { kind: 'ballot' }>,
  'joining' | 'leaving' | 'proposedStateValue' | 'message' | 'attributes'
>): string {
  const parts = [
    ...leaving.map(({ provider, reason }) => `-${provider} ${reason}`),
    ...joining.map((id) => `+${id}`),
    ...(proposedStateValue === undefined ? [] : [`value ${textOf(proposedStateValue)}`]),
    ...(message === undefined ? [] : [`message ${textOf(message)}`]),
    ...(attributes === undefined ? [] : ['attributes']),
  ];
  return parts.length === 0 ? '' : ` ${parts.join(', ')}`;
}

function shown(voting: VotingInspection): string {
  const { kind, protocol, phase, defaultVote, waitingFor, since, until = 'unknown' } = voting;
  return `${kind} of ${protocol} phase ${phase} default ${defaultVote} waits for [${waitingFor.join(' ')}] since ${since} until ${until}`;
}

const NOTHING = { state: undefined, attributes: undefined };

type Snapshot = Extract<ToClient, { kind: 'joined' }>['snapshot'];
type View = Snapshot['view'];

function snapshotOf({ view, stateValue, position }: Snapshot): string {
  return `at ${position} ${viewOf(view)} state ${textOf(stateValue)}`;
}

function viewOf({ version, fence, providers, labels = {} }: View): string {
  const short = fence.replace(/0+(?=\d)/g, '');
  const each = Object.entries(labels).map(([id, theirs]) => ` ${id} is ${labelsText(theirs)}`);
  const list = `[${providers.join(' ')}]${each.join(',')}`;
  return `view ${version} fence ${short === '' ? 'none' : short} ${list}`;
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, text]) => (text.length > 20 ? `${name}:…${text.length}` : `${name}:${text}`))
    .join(' ');
}

function partsOf(
  message: Extract<ToClient, { kind: 'approved' | 'rejected' }>,
  list: View | undefined,
): string {
  const { membership } = message;
  const { state, attributes } = message.kind === 'approved' ? message : NOTHING;
  const parts: string[] = [];
  if (message.kind === 'approved' && message.message !== undefined) {
    parts.push(`message ${textOf(message.message)}`);
  }
  if (attributes !== undefined) parts.push(`changed [${attributes.changed.join(' ')}]`);
  if (membership !== undefined) {
    const left = membership.left.map(({ provider, reason, detail }) =>
      detail === undefined ? `-${provider} ${reason}` : `-${provider} ${reason} (${detail})`,
    );
    const joined = membership.joined.map((id) => `+${id}`);
    parts.push(
      `${[...left, ...joined].join(', ')}: ${list === undefined ? 'no list' : viewOf(list)}`,
    );
  }
  if (state !== undefined) parts.push(`value ${textOf(state.value)}`);
  return parts.map((part) => ` ${part}`).join('');
}
