import { eventually, type Program, type Testbed } from '../index.js';
import type { Command, Job, Line, Outcome, PlainEvent, PlainView } from '../member/lines.js';
import { programs } from '../places.js';
import type { Witness } from './history.js';

/** One membership of a member: what it saw from its join to its end. */
export interface Life {
  readonly provider: string;
  readonly number: number;
  /** Why the membership before this one ended; null for the first. */
  readonly gap: string | null;
  readonly events: PlainEvent[];
}

type Unnumbered<C> = C extends { readonly id: number } ? Omit<C, 'id'> : never;

/** A process in a host, which joins again whenever it is removed. */
export class Member {
  readonly name: string;
  readonly lives: Life[] = [];
  /** Each message it sent, and its outcome; undefined while it is not known. */
  readonly outcomes = new Map<string, Outcome | undefined>();
  readonly #program: Program;
  readonly #answers = new Map<number, Outcome>();
  #questions = 0;

  /** `node`: whose daemon it connects to, if that is on another host. */
  constructor(bed: Testbed, host: string, job: Job, node: string = host) {
    this.name = `${node}/${job.instance}`;
    this.#program = bed.run(host, {
      label: `member@${host}`,
      argv: [process.execPath, programs.member, JSON.stringify(job)],
      // Written by our own program.
      onLine: (line) => this.#take(JSON.parse(line) as Line),
    });
  }

  /** Its newest membership, ended or not. */
  get life(): Life {
    const life = this.lives.at(-1);
    if (life === undefined) throw new Error(`${this.name} has never joined`);
    return life;
  }

  /** Why its newest membership has ended; undefined while it lasts. */
  get removed(): string | undefined {
    const last = this.lives.at(-1)?.events.at(-1);
    return last?.type === 'removed' ? last.reason : undefined;
  }

  /** The newest list that it was given, by a membership that lasts. */
  get view(): PlainView | undefined {
    if (this.removed !== undefined) return undefined;
    return this.lives
      .at(-1)
      ?.events.flatMap((event) => ('view' in event ? [event.view] : []))
      .at(-1);
  }

  /** The group's state value as it knows it. */
  get state(): string | null {
    for (const event of this.life.events.toReversed()) {
      if (event.type === 'state') return event.value;
      if (event.type === 'snapshot') return event.state;
    }
    return null;
  }

  get acknowledged(): readonly string[] {
    return [...this.outcomes].flatMap(([text, outcome]) => (outcome === 'approved' ? [text] : []));
  }

  /** Resolves when its list names it; only then has it been given a place behind all who came before. */
  async join(): Promise<void> {
    this.#tell({ do: 'join' });
    await eventually(
      () => `${this.name} joins`,
      () => this.view?.providers.includes(this.name) === true,
    );
  }

  /** It stands still, and goes on. */
  pause(): void {
    this.#program.pause();
  }

  resume(): void {
    this.#program.resume();
  }

  /** Ends its process. */
  async kill(): Promise<void> {
    await this.#program.kill();
  }

  /** What it had seen and been told when its process was ended. */
  testament(): Witness {
    const { name, lives, outcomes } = this;
    return { name, lives, outcomes, isEnded: true };
  }

  /** Joins as soon as it can, and sends from then on. */
  begin(): void {
    this.#tell({ do: 'join' });
    this.flow();
  }

  /** Begins to send numbered messages, through every membership. */
  flow(): void {
    this.#tell({ do: 'flow' });
  }

  /** Resolves when it sends no more and knows the outcome of every message. */
  async rest(): Promise<void> {
    await this.#ask({ do: 'rest' });
  }

  async changeState(value: string): Promise<Outcome> {
    return await this.#ask({ do: 'state', value });
  }

  /** `ok` when its daemon can ask the name server, otherwise the code of the error. */
  async canAskForGroups(): Promise<Outcome> {
    return await this.#ask({ do: 'groups' });
  }

  /** Waits for so many more of its messages to be acknowledged. */
  async progress(more: number): Promise<void> {
    const wanted = this.acknowledged.length + more;
    await eventually(
      () => `${this.name} is told of ${more} more messages (${this.acknowledged.length}/${wanted})`,
      () => this.acknowledged.length >= wanted,
    );
  }

  /** Waits until its list names exactly these, in any order. */
  async listsNodes(names: readonly string[]): Promise<void> {
    const wanted = [...names].sort().join(' ');
    await eventually(
      () => `${this.name} lists ${wanted} (last: ${this.view?.providers.join(' ') ?? 'none'})`,
      () => [...(this.view?.providers ?? [])].sort().join(' ') === wanted,
    );
  }

  /** Waits until a membership that began as number `life` or earlier has ended; gives the reason. */
  async endOf(life: Life): Promise<string> {
    return await eventually(
      () => `membership ${life.number} of ${this.name} ends`,
      () => {
        const last = life.events.at(-1);
        return last?.type === 'removed' && last.reason;
      },
    );
  }

  /** Waits until it has a membership after this one. */
  async joinsAgainAfter(life: Life): Promise<Life> {
    return await eventually(
      () => `${this.name} joins again after membership ${life.number}`,
      () => this.lives.find(({ number }) => number > life.number),
    );
  }

  #take(line: Line): void {
    switch (line.kind) {
      case 'joined': {
        const { provider, life: number, gap } = line;
        this.lives.push({ provider, number, gap, events: [] });
        return;
      }
      case 'event':
        this.lives.find(({ number }) => number === line.life)?.events.push(line.event);
        return;
      case 'sent':
        this.outcomes.set(line.text, undefined);
        return;
      case 'settled':
        this.outcomes.set(line.text, line.outcome);
        return;
      case 'rested':
        this.#answers.set(line.id, 'rested');
        return;
      case 'done':
        this.#answers.set(line.id, line.outcome);
        return;
    }
  }

  async #ask(command: Unnumbered<Command>): Promise<Outcome> {
    this.#questions += 1;
    const id = this.#questions;
    this.#tell({ ...command, id } as Command); // Only the number was missing.
    return await eventually(
      () => `${this.name} answers ${command.do}`,
      () => this.#answers.get(id),
    );
  }

  #tell(command: Command): void {
    this.#program.tell(JSON.stringify(command));
  }
}
