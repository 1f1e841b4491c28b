import { GroupServicesError } from '@group-services/client';
import { type Barrier, barrier } from '@group-services/recipes';
import { demand, play, type Scene } from './plays.js';

const ROUNDS = 5;
const PROCESSES = 4;
const PARTIES = 2;
/** Why a meeting may not have come about. */
const REASONS: ReadonlySet<string> = new Set(['ABORTED', 'CONNECTION_LOST']);

interface Attended {
  came: number;
  wentOn: number;
  /** Who has gone on without it. */
  passed: string | undefined;
}

/** How often each has come to the barrier, and gone on from it, since it is a member to whom nothing happened. */
class Attendance {
  readonly #members = new Map<number, Attended>();

  /** From now on nobody goes on without it. */
  enters(index: number): void {
    this.#members.set(index, { came: 0, wentOn: 0, passed: undefined });
    // What others do from here on is compared with what this one does.
    for (const each of this.#members.values()) Object.assign(each, { came: 0, wentOn: 0 });
  }

  leaves(index: number): void {
    this.#members.delete(index);
  }

  comes(index: number): void {
    const own = this.#members.get(index);
    if (own !== undefined) own.came += 1;
  }

  goesOn(index: number): void {
    const own = this.#members.get(index);
    if (own === undefined) return;
    own.wentOn += 1;
    const { passed } = own;
    demand(passed === undefined, 'all-meet', () => `${passed}, who goes on as a member`);
    for (const [other, each] of this.#members) {
      // One meeting may have been over before the other came in, and be heard of behind that.
      if (own.wentOn <= each.came + 1) continue;
      // It may have been removed and not know yet; then its own meeting fails.
      each.passed ??= `p${index} has gone on ${own.wentOn} times past p${other}, which came ${each.came} times`;
    }
  }
}

/** Processes that meet several times. Whoever goes on has met all who are there. */
export async function playBarrier(scene: Scene): Promise<void> {
  const attendance = new Attendance();
  const over = new AbortController();
  let others = PROCESSES - 1;
  await play(scene, PROCESSES, async ({ index, world, where, signal }) => {
    world.onDisturbed = (other) => attendance.leaves(other);
    const { suspectAfterMs } = world.profile.timing;
    const place = await barrier(where, 'b', { parties: PARTIES, signal });
    if (world.isUndisturbed(index)) attendance.enters(index);
    // The one that is spared meets as long as others do: the last of them would be too few.
    for (let round = 0; index === 0 || round < ROUNDS; round += 1) {
      await world.think(suspectAfterMs / 4);
      if (over.signal.aborted) break;
      attendance.comes(index);
      if (await meets(place, over.signal)) attendance.goesOn(index);
      else attendance.leaves(index);
    }
    attendance.leaves(index);
    await place[Symbol.asyncDispose]();
    if (index > 0) others -= 1;
    if (others === 0) over.abort();
  });
}

/** Whether it has met; otherwise it was told why not. */
async function meets(place: Barrier, signal: AbortSignal): Promise<boolean> {
  try {
    const { present } = await place.meet({ signal });
    demand(present.length >= PARTIES, 'parties', () => `${present.join()} are too few`);
    return true;
  } catch (error) {
    if (!(error instanceof GroupServicesError)) throw error;
    demand(REASONS.has(error.code), 'says-why', () => `${error.code}: ${error.message}`);
    return false;
  }
}
