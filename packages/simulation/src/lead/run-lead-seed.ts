import { Rng } from '@group-services/core';
import { VirtualTime } from '@group-services/testkit';
import { Violation } from '../checkers/violation.js';
import { EtcdModel } from './etcd-model.js';
import { EtcdPath, type PathProfile } from './etcd-path.js';
import { LeadInstance } from './lead-instance.js';
import { LeadLedger } from './lead-ledger.js';

/** What came of one seed. */
export interface LeadResult {
  /** Changes that somebody was told of. */
  readonly changes: number;
  readonly failure: { readonly checker: string; readonly text: string } | undefined;
}

const LEASE_MS = 2_000;
const FAULTS_MS = 60_000;
/** Longer than any lease, pause and late copy, and time to go on. */
const CALM_MS = 20_000;
const WELL_MS = 5_000;

/**
 * Several name servers on one etcd in virtual time (ADR 0031): the production engine decides, an etcd that is
 * as simple as its promises answers, and the network between them delays, loses and repeats. Name servers
 * are paused around their lease, killed, cut off from etcd, told to step down; etcd loses its majority. Whoever
 * asks, whichever of them answers, must see one table that forgets nothing.
 */
export function runLeadSeed(seed: number): LeadResult {
  const world = new LeadWorld(new Rng(seed));
  try {
    world.run();
    return { changes: world.ledger.changes, failure: undefined };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    const failure = { checker: error.checker, text: error.message };
    return { changes: world.ledger.changes, failure };
  }
}

class LeadWorld {
  readonly ledger = new LeadLedger();
  readonly #time = new VirtualTime();
  readonly #rng: Rng;
  readonly #etcd: EtcdModel;
  readonly #paths: EtcdPath[] = [];
  readonly #instances: LeadInstance[] = [];
  #hasFaults = true;

  constructor(rng: Rng) {
    this.#rng = rng;
    this.#etcd = new EtcdModel(this.#time, rng.fork());
    const profile: PathProfile = {
      delayMs: rng.pick([2, 20, 200]),
      loss: rng.pick([0, 0.02, 0.2]),
      late: rng.pick([0, 0.05, 0.3]),
      lateMs: 3 * LEASE_MS,
    };
    const count = rng.between(2, 3);
    for (let number = 1; number <= count; number += 1) {
      const common = { time: this.#time, etcd: this.#etcd };
      const path = new EtcdPath({ ...common, rng: rng.fork(), profile });
      this.#paths.push(path);
      this.#instances.push(
        new LeadInstance({
          ...common,
          name: `ns${number}`,
          rng: rng.fork(),
          leaseMs: LEASE_MS,
          path,
          ledger: this.ledger,
          others: () => this.#instances,
        }),
      );
    }
  }

  run(): void {
    for (const instance of this.#instances) instance.start();
    this.#askOn(this.#rng.pick([20, 100, 400]));
    for (const fault of this.#drawFaults()) this.#again(fault.everyMs, fault.happen);
    this.#time.runUntil(FAULTS_MS);
    this.#hasFaults = false;
    for (const path of this.#paths) path.isWell = true;
    this.#time.runUntil(FAULTS_MS + CALM_MS);
    const before = this.ledger.changes;
    this.#time.runUntil(FAULTS_MS + CALM_MS + WELL_MS);
    this.ledger.finish(before);
  }

  #askOn(everyMs: number): void {
    const kind = this.#rng.chance(0.5) ? 'read' : 'change';
    const asked = this.ledger.asks(kind, this.#rng.pick(GROUPS));
    // Whoever asks has found the active one, or believes that one of the others still is.
    const active = this.#instances.find(({ mayAnswer }) => mayAnswer);
    const one = this.#rng.pick(this.#instances);
    (this.#rng.chance(0.7) ? (active ?? one) : one).ask(asked);
    this.#time.after(this.#rng.next() * 2 * everyMs, () => this.#askOn(everyMs));
  }

  #again(everyMs: number, happen: () => void): void {
    this.#time.after(this.#rng.next() * 2 * everyMs, () => {
      if (!this.#hasFaults) return;
      happen();
      this.#again(everyMs, happen);
    });
  }

  #drawFaults(): readonly { readonly everyMs: number; readonly happen: () => void }[] {
    const everyMs = (): number => this.#rng.pick([4_000, 15_000, 120_000]);
    return [
      { everyMs: everyMs(), happen: () => this.#pauseOne() },
      { everyMs: everyMs(), happen: () => this.#crashOne() },
      { everyMs: everyMs(), happen: () => this.#cutOne() },
      { everyMs: 4 * everyMs(), happen: () => this.#loseMajority() },
      { everyMs: everyMs(), happen: () => this.#rng.pick(this.#instances).stepDown() },
    ];
  }

  #pauseOne(): void {
    const instance = this.#rng.pick(this.#instances);
    instance.pause();
    this.#time.after(this.#aboutALease(), () => instance.resume());
  }

  #crashOne(): void {
    const instance = this.#rng.pick(this.#instances);
    instance.crash();
    this.#time.after(this.#aboutALease(), () => instance.start());
  }

  #cutOne(): void {
    const path = this.#rng.pick(this.#paths);
    path.isCut = true;
    this.#time.after(this.#aboutALease(), () => {
      path.isCut = false;
    });
  }

  #loseMajority(): void {
    if (!this.#etcd.hasMajority) return;
    this.#etcd.losesMajority();
    this.#time.after(this.#aboutALease(), () => this.#etcd.regainsMajority());
  }

  /** From nothing to three leases, often just around one. */
  #aboutALease(): number {
    const [least, most] = this.#rng.chance(0.5) ? [0.8, 1.6] : [0, 3];
    return LEASE_MS * (least + this.#rng.next() * (most - least));
  }
}

const GROUPS = ['g1', 'g2'] as const;
