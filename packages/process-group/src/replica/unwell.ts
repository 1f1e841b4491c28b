import type { AnnouncementCode, ListedProvider } from '@group-services/wire';

/** What is wrong with a process, as its daemon has found out. */
export type Ailment = Extract<AnnouncementCode, 'unresponsive' | 'self-reported-error'>;

/**
 * Which providers do not answer or say that something is wrong with them, as it was announced: for people who
 * look at a daemon that is not theirs. Nothing depends on it, and it is not part of what daemons have alike: one that
 * comes later does not know what was announced before.
 */
export class Unwell {
  /** By number, which no other provider ever has. */
  readonly #ailments = new Map<number, Ailment>();

  of(provider: number): Ailment | undefined {
    return this.#ailments.get(provider);
  }

  announced(
    code: AnnouncementCode,
    ids: readonly string[],
    present: readonly Pick<ListedProvider, 'no' | 'id'>[],
  ): void {
    const ailment = ailmentOf(code);
    if (ailment === undefined && code !== 'responsive-again') return;
    const named = new Set(ids);
    const numbers = new Set<number>();
    for (const { no, id } of present) {
      numbers.add(no);
      if (!named.has(id)) continue;
      if (ailment === undefined) this.#ailments.delete(no);
      else this.#ailments.set(no, ailment);
    }
    // Those that are gone.
    for (const no of this.#ailments.keys()) if (!numbers.has(no)) this.#ailments.delete(no);
  }
}

function ailmentOf(code: AnnouncementCode): Ailment | undefined {
  return code === 'unresponsive' || code === 'self-reported-error' ? code : undefined;
}
