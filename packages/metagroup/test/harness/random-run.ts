import { type DaemonId, daemonOf, type MembershipId, Rng } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { MetagroupOutput } from '../../src/index.js';
import { toBytes, toText } from './app.js';
import { Checks } from './checks.js';
import { Domain } from './domain.js';
import { Drains } from './drains.js';
import { Hardship } from './hardship.js';
import { GROUP, type TestNode } from './node.js';
import { OrderlyLeaves } from './orderly-leaves.js';

const FAULTS_END = 1_500;
const QUIET_END = FAULTS_END + 4_000;
const RENEW_EVERY = 100;
const UNSTABLE_MAX = 32;
/** Views come on top of what flow control counts; there is one for each change of the list. */
const RETAINED_MAX = UNSTABLE_MAX + 16;
/** How often it is looked whether the domain has come to rest. */
const LOOK_EVERY = 200;

const QUIESCE_MODES = ['anticipate', 'sync', 'ack-required', 'convert'] as const;
const LEADER_RECOVERIES = ['announced', 'silent', 'name-server'] as const;

/** How bad the network is in one run. */
interface Weather {
  readonly loss: number;
  readonly duplicates: number;
  /** Share of messages that come very much later than every timeout. */
  readonly veryLate: number;
}

/**
 * One random run: three to five nodes, a network with loss, duplicates and delays, crashes, restarts,
 * partitions, wrong suspicions and leaves, while requests and submissions flow, and more of it in a
 * share of the runs ({@link Hardship}). Then the faults stop, and within bounded time all that is left
 * must agree.
 */
export class RandomRun {
  readonly #seed: number;
  readonly #rng: Rng;
  readonly #network: Rng;
  /** Drawn apart, so that a seed's faults are the same in every variant. */
  readonly #variants: Rng;
  readonly #weather: Weather;
  readonly #domain: Domain;
  readonly #hardship: Hardship;
  readonly #drains: Drains;
  readonly checks = new Checks();
  readonly #leaves = new OrderlyLeaves(this.checks);
  /** Pairs `from to` between which nothing passes. */
  readonly #cut = new Set<string>();
  /** Share of the requests that the leader answers by itself; none in most runs. */
  readonly #answered: Rng;
  readonly #answeredShare: number;
  /** How long before the faults end nobody talks any more. */
  readonly #quiet: number;
  #calm = false;
  #texts = 0;
  /** Gets a line for everything that happens. */
  trace: ((line: string) => void) | undefined;

  constructor(seed: number) {
    this.#seed = seed;
    this.#rng = new Rng(seed);
    this.#network = this.#rng.fork();
    this.#variants = new Rng(seed);
    this.#answered = new Rng(seed ^ 0x3c6ef372);
    this.#answeredShare = this.#answered.chance(0.15) ? 0.5 : 0;
    const rough = this.#rng.chance(0.3);
    this.#weather = {
      loss: this.#rng.next() * (rough ? 0.3 : 0.1),
      duplicates: this.#rng.next() * 0.1,
      veryLate: this.#rng.next() * (rough ? 0.1 : 0.02),
    };
    const names = ['a', 'b', 'c', 'd', 'e'].slice(0, this.#rng.between(3, 5));
    this.#domain = new Domain({
      names,
      detectMs: this.#rng.between(2, 60),
      delays: (from, to, envelope) => {
        const { message, generation } = envelope;
        this.checks.said(envelope);
        const lost = this.#cut.has(`${from} ${to}`) || this.#hardship.takes(message.kind);
        const delays = lost ? [] : this.#delays();
        this.trace?.(
          `${this.#domain.time.now} ${from} > ${to} ${generation} ${message.kind} ${delays}`,
        );
        return delays;
      },
      nameServerDelays: (daemon) => (this.#hardship.cutsOff(daemon) ? [] : this.#delays()),
      happened: (node, output) => this.#happened(node, output),
      settings: {
        snapshotChunkBytes: this.#rng.chance(0.5) ? 256 : 4096,
        maxUnstableMessages: UNSTABLE_MAX,
        quiesce: this.#variants.pick(QUIESCE_MODES),
        leaderRecovery: this.#variants.pick(LEADER_RECOVERIES),
      },
    });
    // Then the last message is not followed by another that would make up for its loss.
    const quiet = this.#variants.chance(0.3) ? this.#variants.between(100, 800) : 0;
    this.#hardship = new Hardship(this.#variants.fork(), {
      domain: this.#domain,
      leave: (node) => this.#leave(node),
      kill: (name) => this.#kill(name),
    });
    this.#quiet = this.#hardship.quiet(quiet);
    this.#drains = new Drains(new Rng(seed ^ 0x5be0cd19), this.#domain);
  }

  run(): void {
    const { time } = this.#domain;
    for (const name of this.#domain.nodes.keys()) {
      time.at(this.#rng.between(0, 100), () => this.#start(name));
    }
    for (let at = 0; at < FAULTS_END - this.#quiet; at += this.#rng.between(1, 20)) {
      time.at(at, () => this.#act());
    }
    for (let at = 0; at < QUIET_END; at += RENEW_EVERY) {
      time.at(at, () => this.#renew());
    }
    this.#hardship.schedule(FAULTS_END);
    this.#drains.schedule(FAULTS_END);
    time.at(FAULTS_END, () => this.#calmDown());
    time.runUntil(FAULTS_END + LOOK_EVERY);
    while (time.now < QUIET_END && this.#whatIsMissing() !== undefined) {
      time.runUntil(time.now + LOOK_EVERY);
    }
    const missing = this.#whatIsMissing();
    if (missing !== undefined) throw new Error(missing);
    this.#compareAll();
  }

  #delays(): number[] {
    const rng = this.#network;
    if (this.#calm) return [rng.between(1, 5)];
    const { loss, duplicates, veryLate } = this.#weather;
    if (rng.chance(loss)) return [];
    const one = (): number => {
      if (rng.chance(veryLate)) return rng.between(100, 1_000);
      return rng.chance(0.1) ? rng.between(5, 40) : rng.between(1, 5);
    };
    return rng.chance(duplicates) ? [one(), one()] : [one()];
  }

  #happened(node: TestNode, output: MetagroupOutput): void {
    this.#note(node, output);
    this.checks.happened(node, output);
    this.#leaves.happened(node, output, this.#domain.time.now);
    if (output.kind === 'leading') this.#hardship.leads(node);
    if (output.kind !== 'ended') return;
    const { incarnation } = node;
    // Who was let go comes back after a while, as a daemon with clients would.
    this.#domain.time.after(this.#rng.between(1, 60), () => {
      const idle = node.up && node.incarnation === incarnation && node.engine === undefined;
      if (idle) node.join(true);
    });
  }

  #note(node: TestNode, output: MetagroupOutput): void {
    if (this.trace === undefined) return;
    const detail =
      output.kind === 'observed'
        ? JSON.stringify(output.event, (key, value) => (key === 'body' ? toText(value) : value))
        : output.kind;
    this.trace?.(`${this.#domain.time.now} ${node.membership} ${detail}`);
  }

  #start(name: string): void {
    const node = this.#domain.node(name);
    if (node.up) return;
    this.trace?.(`${this.#domain.time.now} start ${name}`);
    this.#domain.start(name);
    node.join(true);
  }

  #kill(name: string): void {
    this.trace?.(`${this.#domain.time.now} kill ${name}`);
    this.#domain.kill(name);
    this.#domain.time.after(this.#rng.between(50, 600), () => this.#start(name));
  }

  #act(): void {
    const node = this.#rng.pick([...this.#domain.nodes.values()]);
    if (!node.up) return;
    const what = this.#rng.next();
    if (what < 0.93 || this.#hardship.enough) this.#talk(node);
    else if (what < 0.955) this.#kill(this.#rng.chance(0.5) ? this.#leaderOr(node) : node.name);
    else if (what < 0.97) this.#partition(node);
    else if (what < 0.985) this.#suspectWrongly(node);
    else if (what < 0.995) this.#leave(node);
    else this.#nameServerAway();
  }

  #leaderOr(node: TestNode): string {
    const entry = this.#domain.nameServer.entries.get(GROUP);
    const leader = entry === undefined ? undefined : this.#domain.daemon(daemonOf(entry.leader));
    return (leader ?? node).name;
  }

  #leave(node: TestNode): void {
    this.#leaves.asked(node, this.#domain.time.now);
    node.tell({ kind: 'leave' });
  }

  #talk(node: TestNode): void {
    if (this.#hardship.isSilent(node)) return;
    const count = this.#rng.chance(0.02) ? 40 : this.#rng.between(1, 3);
    for (let index = 0; index < count; index += 1) {
      this.#texts += 1;
      const safe = this.#rng.chance(0.2);
      const text = `${safe ? '!' : ''}${this.#texts}`;
      if (this.#rng.chance(0.5)) node.tell(node.app.request(this.#perhapsAnswered(text)));
      else node.tell({ kind: 'submit', body: toBytes(text), safe });
    }
  }

  #perhapsAnswered(text: string): string {
    return this.#answered.chance(this.#answeredShare) ? `-${text}` : text;
  }

  /** Nothing passes between a node and some others, perhaps in one direction only; both notice. */
  #partition(node: TestNode): void {
    const others = [...this.#domain.nodes.values()].filter((other) => other !== node && other.up);
    const oneWay = this.#rng.chance(0.3);
    const pairs = others
      .filter(() => this.#rng.chance(0.7))
      .map((other) => [node.daemon, other.daemon] as const);
    for (const [one, two] of pairs) {
      this.#cut.add(`${one} ${two}`);
      if (!oneWay) this.#cut.add(`${two} ${one}`);
    }
    this.trace?.(`${this.#domain.time.now} cut ${node.name} ${pairs.join(' ')}`);
    const { time } = this.#domain;
    time.after(60, () => this.#suspectCut(pairs));
    time.after(this.#rng.between(20, 500), () => this.#heal(pairs));
  }

  #suspectCut(pairs: readonly (readonly [DaemonId, DaemonId])[]): void {
    for (const [one, two] of pairs) {
      if (!this.#cut.has(`${one} ${two}`)) continue;
      this.#domain.daemon(one)?.suspect(two);
      this.#domain.daemon(two)?.suspect(one);
    }
  }

  #heal(pairs: readonly (readonly [DaemonId, DaemonId])[]): void {
    for (const [one, two] of pairs) {
      this.#cut.delete(`${one} ${two}`);
      this.#cut.delete(`${two} ${one}`);
    }
    this.#domain.time.after(5, () => {
      for (const [one, two] of pairs) {
        this.#trust(one, two);
        this.#trust(two, one);
      }
    });
  }

  #trust(by: DaemonId, of: DaemonId): void {
    if (this.#domain.daemon(of) !== undefined) this.#domain.daemon(by)?.trust(of);
  }

  #suspectWrongly(node: TestNode): void {
    const others = [...this.#domain.nodes.values()].filter((other) => other !== node && other.up);
    if (others.length === 0) return;
    const other = this.#rng.pick(others).daemon;
    const { daemon } = node;
    this.trace?.(`${this.#domain.time.now} ${daemon} suspects ${other}`);
    node.suspect(other);
    this.#domain.time.after(this.#rng.between(5, 300), () => this.#trust(daemon, other));
  }

  #nameServerAway(): void {
    this.#domain.nameServerUp = false;
    this.#domain.time.after(this.#rng.between(20, 300), () => this.#nameServerBack());
  }

  #nameServerBack(): void {
    this.#domain.nameServerUp = true;
    for (const node of this.#domain.nodes.values()) {
      if (node.up) this.#domain.nameServerReached(node);
    }
  }

  #renew(): void {
    if (!this.#domain.nameServerUp) return;
    for (const node of this.#domain.nodes.values()) {
      if (node.up) this.#domain.nameServer.renew(node.daemon);
      const retained = node.engine?.progress().retained ?? 0;
      if (retained > RETAINED_MAX) throw new Error(`bounded-memory: ${node.name} has ${retained}`);
    }
  }

  #calmDown(): void {
    this.#calm = true;
    this.#cut.clear();
    if (!this.#domain.nameServerUp) this.#nameServerBack();
    for (const node of this.#domain.nodes.values()) {
      for (const daemon of [...node.suspects]) this.#trust(node.daemon, daemon);
    }
  }

  /** Liveness and validity: everybody is back, agrees on the list, and has everything. */
  #whatIsMissing(): string | undefined {
    const entry = this.#domain.nameServer.entries.get(GROUP);
    for (const node of this.#domain.nodes.values()) {
      const { engine, membership } = node;
      const at = `seed ${this.#seed}, ${membership}`;
      if (engine?.status !== 'member') return `liveness: ${at} is no member`;
      const listed = entry?.members.some((member) => member.id === membership);
      if (entry === undefined || listed !== true) return `liveness: ${at} is not listed`;
      if (engine.entry?.version !== entry.version || engine.generation !== entry.generation) {
        return `liveness: ${at} knows another version`;
      }
      const wanted = membership === entry.leader ? 'leader' : 'member';
      if (engine.role !== wanted) return `liveness: ${at} is ${engine.role}`;
      const missing = this.#missingOf(node, at);
      if (missing !== undefined) return missing;
    }
    return this.#drains.whoStillLeads(entryOf(this.#domain));
  }

  #missingOf(node: TestNode, at: string): string | undefined {
    const progress = node.engine?.progress();
    const last = Math.max(
      ...[...this.#domain.nodes.values()].map((other) => other.engine?.progress().contiguous ?? 0),
    );
    if (progress?.delivered !== last || progress.stable !== last) {
      return `liveness: ${at} is not quiesced: ${JSON.stringify(progress)}`;
    }
    if (progress.retained !== 0) return `bounded-memory: ${at} retains messages`;
    if (progress.submissions !== 0) return `validity: ${at} has submissions left`;
    const requests = progress.requests + node.app.openRequests;
    return requests === 0 ? undefined : `validity: ${at} has requests left`;
  }

  /** Total order to the end: what is not safe was not compared yet. */
  #compareAll(): void {
    const nodes = [...this.#domain.nodes.values()];
    const [first] = nodes;
    for (const node of nodes) {
      this.checks.settle(node.membership as MembershipId);
      const same = node.app.hash === first?.app.hash && node.app.count === first.app.count;
      if (!same) throw new Error(`agreement: ${node.name} and ${first?.name} differ`);
    }
  }
}

function entryOf({ nameServer }: Domain): Entry | undefined {
  return nameServer.entries.get(GROUP);
}
