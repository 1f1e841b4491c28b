import { Rng } from '@group-services/core';
import {
  allCheckers,
  Counters,
  type DaemonNode,
  type Flight,
  Stage,
  Timeline,
  Violation,
} from '@group-services/simulation';
import type { Action, Script, TimedAction } from './actions.js';
import { CrewMember } from './crew-member.js';
import type { Happening, Told } from './happenings.js';
import { Listening, letterOf } from './listening.js';
import { settings } from './settings.js';
import { watchedEngines } from './watched-engines.js';

/**
 * One run of the playground: production's engines on the simulator's network, in virtual time. Time passes
 * only when it is asked to; the same seed with the same actions at the same times gives the same run, which
 * is what a link carries. The simulation's checkers watch all of it, as in every run of a seed.
 */
export class Run {
  readonly seed: number;
  readonly daemons: number;
  readonly crew: readonly CrewMember[];
  readonly #stage: Stage;
  readonly #timeline = new Timeline({ keptMax: 0 });
  readonly #actions: TimedAction[] = [];
  readonly #flights: Flight[] = [];
  readonly #cuts = new Set<string>();
  readonly #hear: (happening: Happening) => void;
  #chatter: 'on' | 'off' = 'on';
  /** What a checker has objected to: a fault of ours, and the end of the run. */
  #objection: string | undefined;

  constructor(
    { seed, daemons }: Pick<Script, 'seed' | 'daemons'>,
    hear: (happening: Happening) => void = () => {},
  ) {
    this.#hear = hear;
    this.seed = seed;
    this.daemons = daemons;
    const profile = settings(daemons);
    const rng = new Rng(seed);
    const tell = (told: Told): void => this.#tell(told);
    this.#stage = new Stage({
      profile,
      engines: watchedEngines(tell),
      checkers: [...allCheckers(profile), new Listening(tell)],
      rng,
      timeline: this.#timeline,
      counters: new Counters(),
      spectator: (flight) => this.#flies(flight),
    });
    const listener = {
      mayTalk: () => this.#chatter === 'on',
      votes: (by: string, value: 'approve' | 'reject') => tell({ kind: 'votes', by, value }),
      lost: (by: string) => tell({ kind: 'lost', by }),
    };
    this.crew = this.#stage.daemons.map(
      (node, index) =>
        new CrewMember(this.#stage, {
          name: letterOf(index + 1),
          node,
          seed: seed * 16 + index,
          listener,
        }),
    );
    this.#begin(rng);
  }

  get now(): number {
    return this.#stage.shared.time.now;
  }

  /** The newest frames on their way, in the order in which they were sent. */
  get flights(): readonly Flight[] {
    return this.#flights;
  }

  get actions(): readonly TimedAction[] {
    return this.#actions;
  }

  get chatter(): 'on' | 'off' {
    return this.#chatter;
  }

  get objection(): string | undefined {
    return this.#objection;
  }

  /** Says in eight bytes what has happened: two runs with the same digest are the same. */
  get digest(): string {
    return this.#timeline.digest;
  }

  /** How a daemon stands, by its number; 0 is the name server. */
  standing(number: number): 'up' | 'down' | 'paused' {
    if (number === 0) return this.#stage.nameServer.isUp ? 'up' : 'down';
    const daemon = this.#daemon(number);
    if (daemon?.id === undefined) return 'down';
    return daemon.isPaused ? 'paused' : 'up';
  }

  isCut(a: number, b: number): boolean {
    return this.#cuts.has(pair(a, b));
  }

  get cuts(): number {
    return this.#cuts.size;
  }

  /** Lets time pass up to this instant. */
  advance(until: number): void {
    if (this.#objection !== undefined || until <= this.now) return;
    this.#watched(() => this.#stage.shared.time.runUntil(until));
  }

  /** Lets the next thing happen; false when nothing is to come within `withinMs`. */
  step(withinMs: number): boolean {
    if (this.#objection !== undefined) return false;
    let stepped = false;
    this.#watched(() => {
      stepped = this.#stage.shared.time.step(this.now + withinMs);
    });
    return stepped;
  }

  /** Does it at the next whole millisecond, so that it can be done again at the same instant. */
  act(action: Action): void {
    this.advance(Math.ceil(this.now));
    this.#watched(() => this.#stage.shared.time.runUntil(this.now));
    this.#actions.push({ at: this.now, action });
    this.#watched(() => this.#do(action));
  }

  /** Plays a script from here on, up to an instant. */
  play(actions: readonly TimedAction[], until: number): void {
    for (const { at, action } of actions) {
      this.advance(at);
      this.act(action);
    }
    this.advance(until);
  }

  #begin(rng: Rng): void {
    const { time } = this.#stage.shared;
    this.#stage.nameServer.start();
    for (const [index, daemon] of this.#stage.daemons.entries()) {
      time.after(rng.between(0, 250), () => {
        daemon.start();
        this.#tell({ kind: 'up', place: daemon.node });
      });
      time.after(600 + 500 * index, () => this.crew[index]?.start());
    }
  }

  #do(action: Action): void {
    switch (action.kind) {
      case 'kill':
      case 'start':
      case 'pause':
      case 'resume':
        this.#doToDaemon(action.kind, action.daemon);
        return;
      case 'cut':
      case 'heal':
        this.#doToLink(action.kind, action.a, action.b);
        return;
      case 'kill-process':
      case 'start-process':
        this.#doToProcess(action.kind, action.process);
        return;
      case 'send':
        this.crew[action.process - 1]?.send();
        return;
      case 'propose': {
        const member = this.crew[action.process - 1];
        if (member?.propose() === true) this.#tell({ kind: 'proposes', by: member.name });
        return;
      }
      case 'mood': {
        const member = this.crew[action.process - 1];
        if (member !== undefined) member.mood = action.mood;
        return;
      }
      case 'chatter':
        this.#chatter = action.chatter;
        return;
    }
  }

  #doToDaemon(kind: 'kill' | 'start' | 'pause' | 'resume', number: number): void {
    const place = placeOf(number);
    const before = this.standing(number);
    const target = number === 0 ? this.#stage.nameServer : this.#daemon(number);
    if (target === undefined) return;
    if (kind === 'kill' && before !== 'down') {
      target.crash('is killed');
      this.#tell({ kind: 'down', place });
    } else if (kind === 'start' && before === 'down') {
      target.start();
      this.#tell({ kind: 'up', place });
    } else if (kind === 'pause' && before === 'up' && number > 0) {
      target.pause();
      this.#tell({ kind: 'paused', place });
    } else if (kind === 'resume' && before === 'paused') {
      target.resume();
      this.#tell({ kind: 'resumed', place });
    }
  }

  #doToLink(kind: 'cut' | 'heal', a: number, b: number): void {
    const key = pair(a, b);
    if (this.#cuts.has(key) === (kind === 'cut')) return;
    const ends = { a: placeOf(a), b: placeOf(b) };
    if (kind === 'cut') {
      this.#cuts.add(key);
      this.#stage.cut(ends.a, ends.b);
      this.#tell({ kind: 'cut', ...ends });
    } else {
      this.#cuts.delete(key);
      this.#stage.mend(ends.a, ends.b);
      this.#tell({ kind: 'healed', ...ends });
    }
  }

  #doToProcess(kind: 'kill-process' | 'start-process', number: number): void {
    const member = this.crew[number - 1];
    if (member === undefined || member.isUp === (kind === 'start-process')) return;
    this.#tell({ kind: kind === 'kill-process' ? 'down' : 'up', place: member.name });
    if (kind === 'kill-process') member.kill();
    else member.start();
  }

  #daemon(number: number): DaemonNode | undefined {
    return this.#stage.daemons[number - 1];
  }

  #watched(task: () => void): void {
    try {
      task();
    } catch (error) {
      const what = error instanceof Violation ? `${error.checker}: ` : '';
      this.#objection = `${what}${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #tell(told: Told): void {
    this.#hear({ at: this.now, ...told });
  }

  #flies(flight: Flight): void {
    // A process stands on the same node as its daemon: nothing to be seen.
    if (flight.from === flight.to) return;
    this.#flights.push(flight);
    if (this.#flights.length > 2 * FLIGHTS_KEPT) this.#flights.splice(0, FLIGHTS_KEPT);
  }
}

const FLIGHTS_KEPT = 3_000;

export function placeOf(number: number): string {
  return number === 0 ? 'ns' : `n${number}`;
}

function pair(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
