import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type MembershipId,
  type NodeName,
} from '@group-services/core';
import type { Directive } from '@group-services/testkit';
import { type Entry, HoldingsDigest, type ToNameServer } from '@group-services/wire';
import {
  type Isolation,
  type LeaderRecovery,
  NameServerEngine,
  type NameServerInput,
  type NameServerOutput,
  Table,
  type TableRecord,
} from '../src/index.js';

/** Runs a name server by the directives of a scenario; daemons are typed in, not simulated. */
export class Stage {
  #engine: NameServerEngine;
  #now = 0;
  #epoch = 1;
  readonly #journal: TableRecord[] = [];
  #numbers = 0;
  #stores = 1;
  #recovery: LeaderRecovery = 'announced';
  #isolation: Isolation = 'continue';

  constructor() {
    this.#engine = this.#start('memory', 'fresh');
  }

  run(directive: Directive): string {
    const [first = '', group = ''] = directive.words;
    switch (directive.verb) {
      case 'start':
        this.#recovery = (directive.arguments.get('recovery') ?? 'announced') as LeaderRecovery;
        this.#isolation = (directive.arguments.get('isolation') ?? 'continue') as Isolation;
        this.#engine = this.#start(first, 'fresh');
        // The first step notes the start.
        return this.#print({ kind: 'deadlineReached' });
      case 'restart':
        this.#epoch += 1;
        // It died before the last so many records of its last step were written.
        this.#journal.splice(
          this.#journal.length - Number(directive.arguments.get('unwritten') ?? 0),
        );
        this.#changeStore(directive);
        this.#engine = this.#start(first);
        return this.#print({ kind: 'deadlineReached' });
      case 'connect': {
        const daemon = first as DaemonId;
        const ephemeral = directive.words.includes('ephemeral') ? true : undefined;
        const pid = directive.arguments.has('pid')
          ? Number(directive.arguments.get('pid'))
          : undefined;
        const saysThatItLives = directive.words.includes('answers');
        const facts = { ephemeral, pid, saysThatItLives };
        return this.#print({ kind: 'connected', daemon, address: `tcp://${daemon}`, ...facts });
      }
      case 'knock': {
        const daemon = first as DaemonId;
        const replace = directive.words.includes('replace') ? true : undefined;
        return this.#print({
          kind: 'knocked',
          daemon,
          address: `tcp://${daemon}`,
          pid: 7,
          replace,
        });
      }
      case 'disconnect':
        return this.#print({ kind: 'disconnected', daemon: first as DaemonId });
      case 'name-held': {
        const number = Number(directive.arguments.get('question'));
        const message = { kind: 'name-held', number } as const;
        return this.#print({ kind: 'received', from: first as DaemonId, message });
      }
      case 'sleep':
        // Time passes while this process stands still.
        this.#now += Number(first);
        return '';
      case 'wait':
        return this.#wait(Number(first));
      default: {
        const message = this.#message(directive, group as GroupName);
        return this.#print({ kind: 'received', from: first as DaemonId, message });
      }
    }
  }

  /** `revision`: the store is a copy from then; `copied`: and known to be one; `lost`: it is a new one. */
  #changeStore({ words, arguments: named }: Directive): void {
    const revision = named.get('revision');
    if (revision !== undefined) this.#journal.length = Number(revision);
    if (words.includes('copied')) this.#journal.push({ kind: 'doubted' });
    if (!words.includes('lost')) return;
    this.#journal.length = 0;
    this.#stores += 1;
  }

  #start(store: string, how?: 'fresh'): NameServerEngine {
    return new NameServerEngine({
      epoch: this.#epoch,
      domain: 'test',
      leaseMs: 3000,
      store: store === 'file' ? `disk${this.#stores}` : `memory${this.#epoch}`,
      fresh: how === 'fresh',
      leaderRecovery: this.#recovery,
      isolation: this.#isolation,
      anewAfterMs: this.#isolation === 'suspend' ? 5000 : undefined,
      ...(store === 'file' ? { restored: Table.restore(undefined, this.#journal) } : {}),
    });
  }

  /** Serves every deadline on the way. */
  #wait(ms: number): string {
    const until = this.#now + ms;
    const lines: string[] = [];
    for (let at = this.#engine.deadline(); at <= until; at = this.#engine.deadline()) {
      this.#now = Math.max(this.#now, at);
      lines.push(this.#print({ kind: 'deadlineReached' }));
    }
    this.#now = until;
    return lines.filter((line) => line !== '').join('\n');
  }

  #print(input: NameServerInput): string {
    return this.#engine
      .step(input, this.#now)
      .map((output) => this.#line(output))
      .filter((line) => line !== '')
      .join('\n');
  }

  #line(output: NameServerOutput): string {
    switch (output.kind) {
      case 'persist':
        this.#journal.push(output.record);
        return `persist ${output.record.kind}`;
      case 'disconnect':
        return `disconnect ${output.daemon}: ${output.code}`;
      case 'admitted':
        return `admitted ${output.daemon}`;
      case 'turnedDown':
        return `turned down ${output.daemon}: ${output.code}: ${output.text}`;
      case 'refuseToServe':
        return `refuses to serve: ${output.text}`;
      case 'log':
        return output.level === 'info' ? '' : `${output.level} ${output.event}`;
      case 'send': {
        const { kind, ...rest } = output.message;
        const facts = Object.entries(rest)
          .filter(([name]) => !['number', 'membership', 'revision'].includes(name))
          .map(([name, value]) => `${name}=${brief(value)}`);
        return `> ${output.to} ${kind} ${facts.join(' ')}`;
      }
    }
  }

  #message({ verb, words, arguments: named }: Directive, group: GroupName): ToNameServer {
    const from = words[0] as DaemonId;
    const number = (name: string, otherwise: number): number =>
      Number(named.get(name) ?? otherwise);
    const own = (named.get('as') ?? `${from}.1`) as MembershipId;
    this.#numbers += 1;
    const entry = this.#engine.inspect(this.#now).groups.find((one) => one.group === group);
    const generation = number('generation', entry?.generation ?? 0);
    const version = number('version', entry?.version ?? 0);
    const list = (named.get('members') ?? own).split(',').map((id) => id as MembershipId);
    const members = list.map((id) => memberOf(id));
    switch (verb) {
      case 'resolve': {
        const create = words.includes('create');
        const lookup = { number: number('number', this.#numbers), group, membership: own };
        return { kind: 'resolve', ...lookup, address: `tcp://${from}`, create };
      }
      case 'change': {
        const id = named.get('id') ?? `change-${this.#numbers}`;
        const leader = (named.get('leader') ?? own) as MembershipId;
        const takeover = words.includes('takeover');
        const fromVersion = version;
        const what = { id, group, generation, fromVersion, asker: own, leader, members, takeover };
        return { kind: 'change', ...what };
      }
      case 'full': {
        const joinVersion = number('joined', 1);
        return { kind: 'full', group, generation, membership: own, joinVersion };
      }
      case 'delete':
        return { kind: 'delete', group, generation, version, membership: own };
      case 'disown':
        return { kind: 'disown', group, generation, membership: own };
      case 'probed': {
        const leads = words.includes('leads');
        return { kind: 'probed', id: named.get('id') ?? '', group, generation, version, leads };
      }
      case 'renew': {
        const holding = { group, generation, version, membership: own, joinVersion: 1 };
        const said = { holdings: group === '' ? [] : [holding], ...laterStart(named) };
        const renewal = { kind: 'renew' as const, number: this.#numbers, ...said };
        return named.get('by') === 'digest' ? byDigest(renewal) : renewal;
      }
      case 'register': {
        const held: Entry = {
          group,
          generation,
          version,
          since: 1,
          leader: list[0] ?? own,
          members,
        };
        const holding = { group, generation, version, membership: own, joinVersion: 1, full: true };
        const epoch = number('epoch', this.#epoch);
        // `seen`: it was in that generation, and holds nothing of the group any more.
        const served = servedOf(named.get('served'));
        if (named.has('seen')) {
          const seen = [{ group, generation: number('seen', 0) }];
          return { kind: 'register', epoch, holdings: [], seen, served };
        }
        const holdings = group === '' ? [] : [{ ...holding, entry: held }];
        return { kind: 'register', epoch, holdings, served };
      }
      case 'list':
        return { kind: 'list', number: this.#numbers };
      case 'describe':
        return { kind: 'describe', number: this.#numbers, group };
      case 'forget':
        return { kind: 'forget', number: this.#numbers, node: words[1] as NodeName };
      case 'reset':
        return { kind: 'reset', number: this.#numbers, group };
      case 'not-reached':
        return notReached(words);
      case 'unregister':
        return { kind: 'unregister' };
      default:
        throw new Error(`unknown directive ${verb}`);
    }
  }
}

/** The same renewal without the names. */
function byDigest({
  number,
  holdings,
  starts,
}: Extract<ToNameServer, { readonly kind: 'renew' }>): ToNameServer {
  return { kind: 'renew-digest', number, digest: HoldingsDigest.of(holdings), starts };
}

/** The daemon that is meant, its address, and why; nothing: it is reached again. */
function notReached([, daemon = '', address = '', ...text]: readonly string[]): ToNameServer {
  const why = text.length === 0 ? null : text.join(' ');
  return { kind: 'not-reached', daemon: daemon as DaemonId, address, why };
}

/** `store/epoch/revision` */
function servedOf(text: string | undefined) {
  if (text === undefined) return undefined;
  const [store = '', epoch, revision] = text.split('/');
  return { store, epoch: Number(epoch), revision: Number(revision) };
}

function memberOf(id: MembershipId) {
  return { id, joinVersion: 1, full: true, address: `tcp://${daemonOf(id)}` };
}

function brief(value: unknown): string {
  if (isEntry(value)) {
    const members = value.members.map(({ id, full }) => (full ? id : `${id}?`)).join(' ');
    const { generation, version, since, leader } = value;
    return `{${generation}/${version} since ${since} leader ${leader} [${members}]}`;
  }
  if (Array.isArray(value)) return `[${value.map(brief).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'since' in value;
}

/** `starts=NODE.INCARNATION`, said with a renewal. */
function laterStart(
  named: ReadonlyMap<string, string>,
): Pick<Extract<ToNameServer, { readonly kind: 'renew' }>, 'starts'> {
  const [node, incarnation] = named.get('starts')?.split('.') ?? [];
  if (node === undefined) return {};
  return { starts: [{ node: node as NodeName, incarnation: Number(incarnation) }] };
}
