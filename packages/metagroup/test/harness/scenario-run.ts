import type { Directive } from '@group-services/testkit';
import type { Entry } from '@group-services/wire';
import type { Branch, MetagroupOutput } from '../../src/index.js';
import { toBytes, toText } from './app.js';
import { Checks } from './checks.js';
import { Domain } from './domain.js';
import { GROUP, type TestNode } from './node.js';

/** What happens to the next messages that match; `*` matches everything. */
interface Rule {
  readonly action: 'drop' | 'hold' | 'duplicate';
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  left: number;
}

/** Plain steps of an engine that a scenario does not print. */
const QUIET_BRANCHES: ReadonlySet<Branch> = new Set<Branch>([
  'change',
  'formed',
  'snapshot-installed',
  'taken-over',
]);

/**
 * Carries out the directives of a scenario file:
 *
 * `domain a b c`: nodes; `name=value` sets an engine option. `given a b c members=a,b`: the same, and these
 * form a group, one after the other, of which nothing is printed. `join a`, `look-up a`, `kill a`,
 * `restart a`, `leave a`, `suspect a b`, `trust a b`: a suspects (trusts) b.
 * `drain a ...`: an operator drains these daemons and no other, and all of them know it.
 * `press a`, `ease a`: its processes have too much unread, or no more.
 * `request a text`, `submit a text`: texts that contain `!` are safe. `submit-many a count`.
 * `drop|hold|duplicate from to kind [count]`: what happens to the next such messages; `ns` is the
 * name server. `pass`: such rules end. `release`: what is held arrives, in order; `release reversed`.
 * `isolate a`, `contact a`: its daemon loses contact (policy `suspend`), and is back. `anew`: the name
 * server gives the group up.
 * `wake a`: its daemon was away for long; `unanswered a`: and cannot reach the name server since.
 * `name-server away|back`, `renew`: renewals of all leases. `run ms`: time passes. `show`: the nodes.
 */
export class ScenarioRun {
  #domain: Domain | undefined;
  readonly #checks = new Checks();
  #rules: Rule[] = [];
  #held: (() => void)[] = [];
  #lines: string[] = [];

  run(directive: Directive): string {
    this.#lines = [];
    this.#carryOut(directive);
    return this.#lines.join('\n');
  }

  get #here(): Domain {
    if (this.#domain === undefined) throw new Error('a scenario starts with its domain');
    return this.#domain;
  }

  #carryOut(directive: Directive): void {
    const { verb, words } = directive;
    const [first = '', second = '', third = ''] = words;
    switch (verb) {
      case 'domain':
        this.#domain = this.#makeDomain(directive);
        return;
      case 'given':
        this.#domain = this.#makeDomain(directive);
        this.#form(this.#domain, (directive.arguments.get('members') ?? '').split(','));
        this.#lines = [];
        return;
      case 'run':
        return this.#pass(Number(first));
      case 'show':
        for (const node of this.#here.nodes.values()) this.#lines.push(this.#describe(node));
        return;
      case 'drop':
      case 'hold':
      case 'duplicate': {
        const left = Number(words[3] ?? Number.POSITIVE_INFINITY);
        this.#rules.push({ action: verb, from: first, to: second, kind: third, left });
        return;
      }
      case 'pass':
        this.#rules = [];
        return;
      case 'release':
        return this.#release(first === 'reversed');
      default:
        return this.#onNode(verb, first, words);
    }
  }

  #onNode(verb: string, name: string, words: readonly string[]): void {
    const domain = this.#here;
    if (verb === 'name-server') {
      domain.nameServerUp = name === 'back';
      const up = domain.nameServerUp ? [...domain.nodes.values()] : [];
      for (const node of up) if (node.up) domain.nameServerReached(node);
      return;
    }
    if (verb === 'renew') {
      for (const node of domain.nodes.values()) domain.nameServer.renew(node.daemon);
      return;
    }
    if (verb === 'drain') {
      const drained = words.map((one) => domain.node(one).daemon);
      for (const node of domain.nodes.values()) node.drain(drained);
      return;
    }
    if (verb === 'anew') {
      domain.nameServer.entries.delete(GROUP);
      return;
    }
    const node = domain.node(name);
    const rest = words.slice(1).join(' ');
    switch (verb) {
      case 'join':
      case 'look-up':
        if (!node.up) domain.start(name);
        return node.join(verb === 'join');
      case 'restart':
        domain.start(name);
        return node.join(true);
      case 'kill':
        return domain.kill(name);
      case 'isolate':
        return node.tell({ kind: 'contactLost' });
      case 'contact':
        return domain.contactBack(node);
      case 'wake':
        return node.tell({ kind: 'woken' });
      case 'unanswered':
        return node.tell({ kind: 'unanswered' });
      case 'leave':
        return node.tell({ kind: 'leave' });
      case 'suspect':
        return node.suspect(domain.node(rest).daemon);
      case 'trust':
        return node.trust(domain.node(rest).daemon);
      case 'request':
        return node.tell(node.app.request(rest));
      case 'press':
        return node.tell({ kind: 'pressed', pressed: true });
      case 'ease':
        return node.tell({ kind: 'pressed', pressed: false });
      case 'submit':
        return node.tell({ kind: 'submit', body: toBytes(rest), safe: rest.includes('!') });
      case 'submit-many':
        for (let count = 1; count <= Number(rest); count += 1) {
          node.tell({ kind: 'submit', body: toBytes(`${count}`), safe: false });
        }
        return;
      default:
        throw new Error(`unknown directive ${verb}`);
    }
  }

  #pass(ms: number): void {
    this.#here.time.runUntil(this.#here.time.now + ms);
  }

  /** The first one forms the group, the others join it; then everything comes to rest. */
  #form(domain: Domain, members: readonly string[]): void {
    for (const [index, name] of members.entries()) {
      domain.start(name);
      domain.node(name).join(true);
      this.#pass(index === 0 ? 20 : 100);
    }
    this.#pass(200);
    for (const [index, name] of members.entries()) {
      const wanted = index === 0 ? 'leader' : 'member';
      const { role = 'out', entry } = domain.node(name).engine ?? {};
      if (role === wanted && entry?.members.length === members.length) continue;
      throw new Error(`${name} is ${role}, not ${wanted} of ${members.length}`);
    }
  }

  /** Its nodes are the words, or else the given members. */
  #makeDomain(directive: Directive): Domain {
    const named = new Map(directive.arguments);
    const members = named.get('members')?.split(',') ?? [];
    named.delete('members');
    const settings = [...named].map(([name, value]) => {
      const number = Number(value);
      return [name, Number.isNaN(number) ? value : number];
    });
    return new Domain({
      names: directive.words.length > 0 ? directive.words : members,
      settings: Object.fromEntries(settings),
      delays: (_from, _to, envelope) => {
        this.#checks.said(envelope);
        return [1];
      },
      nameServerDelays: () => [1],
      happened: (node, output) => this.#happened(node, output),
      intercept: (from, to, kind, arrive) => this.#intercept(from, to, kind, arrive),
    });
  }

  /** True when a rule decides what happens to the message. */
  #intercept(from: string, to: string, kind: string, arrive: () => void): boolean {
    const matches = (pattern: string, value: string): boolean =>
      pattern === '*' || pattern === value;
    const rule = this.#rules.find(
      (each) =>
        each.left > 0 &&
        matches(each.from, from) &&
        matches(each.to, to) &&
        matches(each.kind, kind),
    );
    if (rule === undefined) return false;
    rule.left -= 1;
    if (rule.action === 'hold') this.#held.push(arrive);
    if (rule.action !== 'duplicate') return true;
    this.#here.time.after(2, arrive);
    return false;
  }

  #release(reversed: boolean): void {
    const held = reversed ? this.#held.reverse() : this.#held;
    this.#held = [];
    for (const arrive of held) this.#here.time.after(1, arrive);
  }

  #happened(node: TestNode, output: MetagroupOutput): void {
    this.#checks.happened(node, output);
    const line = describeOutput(output);
    if (line !== undefined) {
      this.#lines.push(`${this.#here.time.now} ${node.membership} ${line}`);
    }
  }

  #describe(node: TestNode): string {
    const { engine } = node;
    if (engine === undefined) return `${node.name} ${node.up ? 'out' : 'down'}`;
    const { delivered, stable, retained, frozen } = engine.progress();
    const version = engine.entry?.version ?? '-';
    const open = node.app.openRequests === 0 ? '' : ` open=${node.app.openRequests}`;
    const state = `version=${version} delivered=${delivered} stable=${stable} retained=${retained}`;
    const texts = node.app.texts.map(plain).join(' ');
    const ice = frozen ? ' frozen' : '';
    return `${node.membership} ${engine.role} ${state}${open}${ice} | ${texts}`;
  }
}

function describeOutput(output: MetagroupOutput): string | undefined {
  switch (output.kind) {
    case 'attached':
      return output.snapshot === null ? 'forms' : `full at ${output.position}`;
    case 'view':
      return `view ${describeEntry(output.entry)} at ${output.position}`;
    case 'ordered':
      return `delivers ${output.position} ${plain(toText(output.body))}`;
    case 'leading':
      return `leads, pending [${output.pending.map(({ position }) => position).join(' ')}]`;
    case 'following':
      return 'leads no more';
    case 'flow':
      return output.open ? 'flow open' : 'flow closed';
    case 'pressure':
      return output.pressed ? 'pressed' : 'pressed no more';
    case 'submitRefused':
      return `does not take ${toText(output.body)}`;
    case 'replied':
      return `reply ${output.n} ${toText(output.body)}`;
    case 'ended':
      return `ends: ${output.reason} (${output.why})`;
    case 'observed': {
      const { event } = output;
      const loud = event.kind === 'branch' && !QUIET_BRANCHES.has(event.name);
      return loud ? `(${event.name})` : undefined;
    }
    default:
      return undefined;
  }
}

function describeEntry(entry: Entry): string {
  const members = entry.members.map((member) => `${member.id}${member.full ? '' : '*'}`);
  return `${entry.generation}:${entry.version} [${members.join(' ')}]`;
}

/** A request's text without its number. */
function plain(text: string): string {
  return text.replace(/^\?(\S+) (\d+) /, '');
}
