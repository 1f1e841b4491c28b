// One run of one seed: who dials whom, what is said, who goes, and what must be true in the end.
import { ID_BYTES } from '../../src/index.js';
import { SimDialler } from './dialler.js';
import { Ledger } from './ledger.js';
import { SimListener } from './listener.js';
import { Network } from './network.js';
import { BUSY_MS, drawPlan, LEARNT_WITHIN_MS, LONGEST_CUT_MS, type Plan } from './plan.js';
import type { SimProcess } from './process.js';
import type { SimLink } from './sim-link.js';
import { Violation } from './violation.js';
import { World } from './world.js';

const REDIAL_AFTER_MS = 200;

export class Run {
  readonly plan: Plan;
  readonly world = new World();
  readonly network: Network;
  readonly ledger: Ledger;
  readonly listeners = new Map<string, SimListener>();
  readonly links: SimLink[] = [];
  dialler: SimDialler;
  #ids = 0;
  /** Processes that were gone before the others. */
  readonly #former: SimProcess[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
    this.network = new Network(plan, this.world);
    this.ledger = new Ledger(plan);
    this.dialler = new SimDialler(this);
    for (let at = 1; at <= plan.listeners; at += 1) this.#listen(`listener-${at}`);
  }

  /** Nobody has it twice in a run, also not by its last four bytes. */
  newId(): Uint8Array {
    const id = new Uint8Array(ID_BYTES).map(() => this.plan.workload.between(0, 255));
    this.#ids += 1;
    id[ID_BYTES - 1] = this.#ids;
    return id;
  }

  readonly handed = (link: SimLink, frame: Uint8Array): void => {
    this.ledger.read(link, frame);
    if (!this.plan.pauses || !this.plan.workload.chance(0.2)) return;
    link.step({ kind: 'pause' });
    this.world.at(this.world.now + this.plan.workload.between(1, 400), () =>
      link.process.run(() => link.step({ kind: 'resume' })),
    );
  };

  stands(link: SimLink): void {
    this.links.push(link);
  }

  /** A link of the dialler is over: it tries anew while there is still something to say. */
  over(link: SimLink, address: string): void {
    if (link.ended !== undefined || this.world.now > BUSY_MS) return;
    const { dialler } = this;
    this.world.at(this.world.now + REDIAL_AFTER_MS, () => {
      if (dialler.isAlive) dialler.dial(address, portFor(address));
    });
  }

  castOut(datagram: Uint8Array): void {
    for (const address of [...this.listeners.keys()]) {
      this.network.carry('there', datagram, (bytes) =>
        this.listeners.get(address)?.receiveCast(bytes),
      );
    }
  }

  play(): void {
    const { plan, world } = this;
    this.#dialAll();
    for (let at = 0; at < plan.frames; at += 1) {
      world.at(plan.workload.between(50, BUSY_MS), () => this.#say());
    }
    const { stall, restart } = plan;
    if (stall !== undefined) world.at(stall.at, () => this.#process(stall.end).stall(stall.ms));
    if (restart !== undefined) {
      world.at(restart.at, () => this.#vanish(restart.end));
      world.at(restart.at + restart.ms, () => this.#comeBack(restart.end));
    }
    world.runUntil(plan.quietUntil);
    this.#whileQuiet();
    this.#end();
    world.runUntil(plan.quietUntil + LEARNT_WITHIN_MS);
    this.#afterwards();
  }

  #dialAll(): void {
    for (const address of this.listeners.keys()) this.dialler.dial(address, portFor(address));
  }

  #listen(address: string): void {
    this.listeners.set(address, new SimListener(this, address));
  }

  /** 0 is the dialler. */
  #process(end: number): SimProcess {
    return end === 0 ? this.dialler : (this.listeners.get(`listener-${end}`) ?? this.dialler);
  }

  #vanish(end: number): void {
    const process = this.#process(end);
    process.isAlive = false;
    this.#former.push(process);
  }

  #comeBack(end: number): void {
    if (end > 0) {
      this.#listen(`listener-${end}`);
      return;
    }
    this.dialler = new SimDialler(this);
    this.#dialAll();
  }

  /** Somebody sends something. */
  #say(): void {
    const { workload, largeShare, reliableShare } = this.plan;
    const open = this.links.filter(({ isOpen }) => isOpen);
    if (open.length === 0) return;
    const large = workload.chance(largeShare);
    const reliable = workload.chance(reliableShare);
    const length = large ? workload.between(1_500, 12_000) : workload.between(4, 300);
    const reached = open.filter(({ hearsStream }) => hearsStream);
    if (reached.length > 1 && workload.chance(0.5)) {
      const head = this.ledger.write(reached, { length, reliable: false, large });
      reached[0]?.process.run(() => this.dialler.cast(reached, { head }));
      return;
    }
    const link = workload.pick(open);
    link.process.run(() => {
      if (!link.hasRoom) return;
      const head = this.ledger.write([link], { length, reliable, large: large || reliable });
      link.send({ head, reliable });
    });
  }

  #end(): void {
    const { kind, end } = this.plan.ending;
    const process = this.#process(end);
    for (const link of this.links) {
      if (kind !== 'vanish' && link.process === process) process.run(() => link.end(kind));
    }
    if (kind === 'vanish') this.#vanish(end);
  }

  /** The network was good for long enough: whoever could stand stands, and nothing waits. */
  #whileQuiet(): void {
    const { plan } = this;
    const harmless = plan.corrupt === 0 && plan.restart === undefined && !this.#isCutFor(4_000);
    for (const link of this.links) {
      if (!link.isOpen) {
        if (harmless && link.process.isAlive) {
          throw new Violation('stays', `${link.side}: ${JSON.stringify(link.reason)}`);
        }
      } else if (link.bufferedBytes > 0 && this.#hasPeer(link) && !this.#isCutForEver) {
        throw new Violation('moves-on', `${link.bufferedBytes} bytes wait at the ${link.side}`);
      } else if (harmless) {
        this.ledger.complete(link.key);
      }
    }
    if (harmless && this.links.length < 2 * plan.listeners) {
      throw new Violation('opens', `${this.links.length} ends stand`);
    }
  }

  /** Whether a direction is cut for longer than this. */
  #isCutFor(ms: number): boolean {
    const { there, back } = this.plan.cuts;
    return [there, back].some(
      (cut) =>
        cut !== undefined && (cut.until - cut.from > ms || cut.until > BUSY_MS + LONGEST_CUT_MS),
    );
  }

  get #isCutForEver(): boolean {
    return this.#isCutFor(Number.POSITIVE_INFINITY);
  }

  #hasPeer({ key, side }: SimLink): boolean {
    return this.links.some((other) => other.key === key && other.side !== side && other.isOpen);
  }

  /** Everybody who lives knows it, and nothing is kept. */
  #afterwards(): void {
    const { dialler, listeners, plan } = this;
    const others = new Set(
      this.links.filter(({ reason }) => reason === undefined).map(({ key }) => key),
    );
    for (const link of this.links) {
      const { process, reason, isGone, deadline, side } = link;
      const isOwnEnd = process === this.#process(plan.ending.end);
      const concerned = isOwnEnd || plan.listeners === 1 || plan.ending.end === 0;
      if (!process.isAlive || !concerned) continue;
      if (reason === undefined) throw new Violation('learns', `${side} of ${others.size} open`);
      if (!isGone || deadline !== Number.POSITIVE_INFINITY) {
        throw new Violation('bounded', `${side} is not gone`);
      }
    }
    for (const { budget, isAlive } of [dialler, ...listeners.values()]) {
      const isIdle = plan.listeners === 1 || plan.ending.end === 0;
      if (isAlive && isIdle && budget.bytes > 0) {
        throw new Violation('bounded', `${budget.bytes} bytes are kept of frames nobody waits for`);
      }
    }
  }
}

/** The dialler has the same port for the same listener, also after it began anew. */
function portFor(address: string): string {
  return `dialler|${address}`;
}

export function runSeed(seed: number): Run {
  const run = new Run(drawPlan(seed));
  try {
    run.play();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed}: ${what}`, { cause: error });
  }
  return run;
}
