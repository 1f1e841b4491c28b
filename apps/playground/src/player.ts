import { signal } from '@preact/signals';
import type { Action, TimedAction } from './stage/actions.js';
import { Run } from './stage/run.js';
import { type LinkedRun, writeLink } from './stage/run-link.js';
import { Story } from './story/story.js';

/**
 * Plays one run: turns the time of the wall into virtual time at the speed that was chosen, plays what a
 * link says, and notes what the visitor does. Whatever shows the run reads it after `frame` or `told`.
 */
export class Player {
  readonly speed = signal<Speed>('auto');
  readonly plays = signal(true);
  /** Counts pictures: something may have moved. */
  readonly frame = signal(0);
  /** Counts changes of the story: something has happened. */
  readonly told = signal(0);
  #run: Run = new Run({ seed: 1, daemons: 3 });
  #story = new Story();
  #replay: Replay | undefined;
  /** What the visitor has set off and is done later, in the order of time. */
  #later: TimedAction[] = [];
  #toldNow = 0;
  /** The fragment that this page has written itself. */
  written = '';

  get run(): Run {
    return this.#run;
  }

  get story(): Story {
    return this.#story;
  }

  get isReplaying(): boolean {
    return this.#replay !== undefined;
  }

  /** What time passes at just now, in virtual milliseconds per millisecond. */
  get pace(): number {
    if (this.speed.value !== 'auto') return this.speed.value;
    return this.#story.isEventful(this.#run.now) ? SLOW : 1;
  }

  /** A new run. `as linked`: played at once up to where it was, and then it waits. */
  open(linked: LinkedRun, how: 'as linked' | 'from the start'): void {
    const story = new Story();
    this.#story = story;
    this.#later = [];
    this.#run = new Run(linked, (happening) => {
      story.hear(happening);
      this.#toldNow += 1;
    });
    const { actions, at } = linked;
    this.#replay = at > 0 && how === 'as linked' ? { actions, at, next: 0 } : undefined;
    this.plays.value = this.#replay === undefined;
    this.#show();
  }

  tick(elapsedMs: number): void {
    if (this.#replay !== undefined) this.#replaySome(this.#replay);
    else if (this.plays.value) this.#pass(elapsedMs * this.pace);
    else return;
    this.#show();
  }

  act(action: Action): void {
    if (this.#replay !== undefined) return;
    this.#run.act(action);
    this.#note();
    this.#show();
  }

  /** Now, and the rest so much later. */
  actAll(actions: readonly { readonly afterMs: number; readonly action: Action }[]): void {
    if (this.#replay !== undefined) return;
    const at = Math.ceil(this.#run.now);
    const later = actions.map(({ afterMs, action }) => ({ at: at + afterMs, action }));
    this.#later = [...this.#later, ...later].sort((a, b) => a.at - b.at);
    this.plays.value = true;
    this.#pass(0);
    this.#show();
  }

  /** One event of the domain: a message that arrives, a timer that goes off. */
  stepEvent(): void {
    this.plays.value = false;
    if (this.#replay !== undefined) return;
    const { now } = this.#run;
    const next = this.#later[0];
    if (next !== undefined && next.at <= now) this.#pass(0);
    else this.#run.step(1_000);
    this.#show();
  }

  /** On to the next thing that belongs to the story. */
  stepStory(): void {
    this.plays.value = false;
    if (this.#replay !== undefined) return;
    const until = this.#run.now + 5_000;
    this.#toldNow = 0;
    while (this.#toldNow === 0 && this.#run.now < until) this.#pass(STEP_MS);
    this.#show();
  }

  /** The address of exactly this run, up to now. */
  link(): string {
    const { seed, daemons, actions, now } = this.#run;
    return writeLink({ seed, daemons, actions, at: now });
  }

  #pass(ms: number): void {
    const until = this.#run.now + ms;
    let next = this.#later[0];
    while (next !== undefined && next.at <= until) {
      this.#later.shift();
      this.#run.advance(next.at);
      this.#run.act(next.action);
      this.#note();
      next = this.#later[0];
    }
    this.#run.advance(until);
  }

  /** As much as fits between two pictures. */
  #replaySome(replay: Replay): void {
    const began = performance.now();
    while (performance.now() - began < REPLAY_MS) {
      const next = replay.actions[replay.next];
      const until = Math.min(next?.at ?? replay.at, this.#run.now + REPLAY_STRIDE_MS);
      this.#run.advance(until);
      if (next !== undefined && this.#run.now >= next.at) {
        this.#run.act(next.action);
        replay.next += 1;
      } else if (this.#run.now >= replay.at || this.#run.objection !== undefined) {
        this.#replay = undefined;
        return;
      }
    }
  }

  /** Keeps the address of the page that of its run. */
  #note(): void {
    this.written = this.link();
    history.replaceState(null, '', this.written);
  }

  #show(): void {
    this.frame.value += 1;
    if (this.#toldNow === 0) return;
    this.#toldNow = 0;
    this.told.value += 1;
  }
}

export type Speed = 'auto' | number;

interface Replay {
  readonly actions: readonly TimedAction[];
  readonly at: number;
  next: number;
}

/** While something happens time passes so slowly that the eye can follow a message. */
const SLOW = 0.15;
const STEP_MS = 5;
const REPLAY_MS = 20;
const REPLAY_STRIDE_MS = 200;
