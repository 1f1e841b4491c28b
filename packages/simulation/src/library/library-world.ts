import { Rng } from '@group-services/core';
import type { Checker } from '../checkers/checker.js';
import { Violation } from '../checkers/violation.js';
import { Counters } from '../counters.js';
import { NO_FAULTS } from '../profile/load-profile.js';
import type { Profile } from '../profile/profile.js';
import { Domain } from '../run/domain.js';
import { drawProfile } from '../run/draw-profile.js';
import { Timeline } from '../timeline.js';
import { PRODUCTION } from '../world/engines.js';
import { WALL_CLOCK_START } from '../world/shared.js';
import { libraryCheckers } from './library-checkers.js';
import { type LibraryFault, strikeDaemon } from './library-fault.js';
import { LibraryProcess } from './library-process.js';
import { lendTransport, processTransport } from './process-links.js';
import { installVirtualGlobals, settled } from './virtual-globals.js';

/** A simulated process: what it runs, from its start on, and again after it was killed. */
export interface Program {
  readonly node: string;
  /** Faults leave it and its daemon alone: a state lives as long as somebody has it. */
  readonly spared?: boolean;
  /** `life` counts its starts, from 0 on. Its end is the end of the process. */
  readonly main: (life: number) => Promise<void>;
}

export interface LibraryRun {
  readonly seed: number;
  readonly faults: readonly LibraryFault[];
  readonly programs: readonly Program[];
}

const NODES = ['n1', 'n2', 'n3'];
/** All programs are served by then, after the end of all faults. */
const PATIENCE_SUSPICIONS = 200;
const SAFETY_SUSPICIONS = 15;
const EVENTS_MAX = 2_000_000;

/**
 * The client library, and programs on top of it, as processes of a simulated domain: real code on the
 * engines and the network of the simulator, in virtual time, under faults, with the simulator's checkers
 * looking on. A seed and a list of faults replay a run.
 */
export class LibraryWorld {
  readonly timeline: Timeline;
  readonly profile: Profile;
  readonly #domain: Domain;
  readonly #rng: Rng;
  readonly #run: LibraryRun;
  readonly #slots: readonly Slot[];
  /** By slot: from when on it is again as if nothing had happened to it. */
  readonly #undisturbedFrom: number[];
  #daemonsWellFrom = 0;
  #failure: unknown;
  #healed = false;

  constructor(run: LibraryRun) {
    const rng = new Rng(run.seed);
    this.#run = run;
    this.#rng = rng.fork();
    this.profile = libraryProfile(drawProfile(rng, new Rng(run.seed)), run.programs.length);
    this.timeline = new Timeline();
    const checkers: readonly Checker[] = libraryCheckers(this.profile);
    this.#domain = new Domain({
      profile: this.profile,
      engines: PRODUCTION,
      checkers,
      rng,
      timeline: this.timeline,
      counters: new Counters(),
    });
    this.#slots = run.programs.map((program, index) => ({
      program,
      index,
      life: -1,
      process: undefined,
      isOver: false,
    }));
    this.#undisturbedFrom = this.#slots.map(() => 0);
  }

  get now(): number {
    return this.#domain.time.now;
  }

  /** Waits in the process that calls it. */
  think(meanMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#rng.next() * 2 * meanMs));
  }

  /** Whether nothing has happened lately to a process, its connection or its daemon. */
  isUndisturbed(index: number): boolean {
    return this.now >= (this.#undisturbedFrom[index] ?? 0);
  }

  /** Told when something happens to a process, with its index. */
  onDisturbed: (index: number) => void = () => {};

  /** Plays the run to the end of all programs; throws what they or the checkers find. */
  async play(): Promise<void> {
    const { shared, daemons } = this.#domain.parts;
    const { time } = this.#domain;
    const { safetyMs, timing } = this.profile;
    const rng = this.#rng.fork();
    const undo = installVirtualGlobals(time, { rng, wallClockStart: WALL_CLOCK_START });
    const unlend = lendTransport(processTransport(shared, daemons));
    try {
      this.#domain.start();
      for (const slot of this.#slots) this.#start(slot);
      for (const fault of this.#run.faults) {
        time.after(fault.at * safetyMs, () => this.#strike(fault));
      }
      await this.#until(safetyMs, () => this.#isOver);
      this.#heal();
      const bound = this.now + PATIENCE_SUSPICIONS * timing.suspectAfterMs;
      await this.#until(bound, () => this.#isOver);
      const late = this.#slots.filter(({ isOver }) => !isOver).map(({ index }) => `p${index}`);
      if (late.length > 0) {
        throw new Violation('served', `${late.join(', ')} did not come to an end in time`);
      }
    } finally {
      // Nothing of it runs on into the next one.
      for (const { process } of this.#slots) process?.kill();
      await settled();
      unlend();
      undo();
    }
  }

  get #isOver(): boolean {
    return this.#slots.every(({ isOver }) => isOver);
  }

  async #until(until: number, isEnough: () => boolean): Promise<void> {
    const { time } = this.#domain;
    let events = 0;
    while (!isEnough() && time.step(until)) {
      events += 1;
      if (events > EVENTS_MAX) throw new Violation('storm', `${EVENTS_MAX} events and no end`);
      if (LibraryProcess.turns > 0) {
        LibraryProcess.turns = 0;
        await settled();
      }
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  #start(slot: Slot): void {
    slot.life += 1;
    const { program, index, life } = slot;
    const process = new LibraryProcess(`p${index}-${life}`);
    slot.process = process;
    const main = async (): Promise<void> => {
      try {
        await program.main(life);
        slot.isOver = true;
        process.kill();
      } catch (error) {
        this.#failure ??= error;
      }
    };
    process.perform(() => void main());
  }

  #heal(): void {
    this.#healed = true;
    this.#domain.heal();
    for (const { process } of this.#slots) this.#resume(process);
  }

  #strike({ kind, which, lasts }: LibraryFault): void {
    if (this.#healed) return;
    const { parts, time } = this.#domain;
    const lastsMs = lasts * this.profile.timing.suspectAfterMs;
    this.timeline.add(this.now, 'fault', `${kind} ${which}`);
    switch (kind) {
      case 'name-server':
        parts.nameServer.crash();
        time.after(lastsMs, () => parts.nameServer.start());
        return;
      case 'kill':
      case 'freeze':
      case 'reset':
        this.#strikeProcess(kind, which, lastsMs);
        return;
      default: {
        const spared = new Set(
          this.#slots.flatMap((it) => (it.program.spared ? it.program.node : [])),
        );
        const victims = parts.daemons.filter(({ node }) => !spared.has(node));
        const victim = victims[which % victims.length];
        // One at a time: two that are cut off may take the lead with them, and the spared one is removed.
        if (victim === undefined || this.now < this.#daemonsWellFrom) return;
        this.#daemonsWellFrom = this.now + lastsMs + this.profile.timing.leaseMs;
        for (const slot of this.#slots) {
          if (slot.program.node === victim.node) this.#disturb(slot, lastsMs);
        }
        strikeDaemon(parts, victim, kind, lastsMs);
      }
    }
  }

  #strikeProcess(kind: 'kill' | 'freeze' | 'reset', which: number, lastsMs: number): void {
    const slots = this.#slots.filter(({ program, isOver }) => !program.spared && !isOver);
    const slot = slots[which % slots.length];
    // One that is dead starts again by itself, once.
    if (slot?.process === undefined || slot.process.isDead) return;
    const { process } = slot;
    const { time } = this.#domain;
    this.#disturb(slot, lastsMs);
    if (kind === 'reset') process.breakLinks();
    else if (kind === 'freeze') {
      process.pause();
      time.after(lastsMs, () => this.#resume(process));
    } else {
      process.kill();
      time.after(lastsMs, () => this.#start(slot));
    }
  }

  #resume(process: LibraryProcess | undefined): void {
    process?.resume((task) => void this.#domain.time.after(0, task));
  }

  #disturb({ index }: Slot, lastsMs: number): void {
    const { suspectAfterMs, leaseMs } = this.profile.timing;
    const over = this.now + lastsMs + 4 * suspectAfterMs + 2 * leaseMs;
    this.#undisturbedFrom[index] = Math.max(this.#undisturbedFrom[index] ?? 0, over);
    this.onDisturbed(index);
  }
}

interface Slot {
  readonly program: Program;
  readonly index: number;
  life: number;
  process: LibraryProcess | undefined;
  isOver: boolean;
}

/** No faults but those of the run, and processes that are ours. */
function libraryProfile(drawn: Profile, programs: number): Profile {
  const { timing } = drawn;
  return {
    ...drawn,
    daemons: NODES.length,
    groups: programs + 4,
    clients: 0,
    faults: NO_FAULTS,
    voting: undefined,
    lasting: undefined,
    load: undefined,
    names: 'kept',
    store: 'file',
    isolation: 'continue',
    pace: { ...drawn.pace, slowReader: undefined },
    safetyMs: SAFETY_SUSPICIONS * timing.suspectAfterMs,
  };
}
