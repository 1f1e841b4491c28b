import {
  AbortedError,
  GroupServicesError,
  keepJoined,
  type Provider,
  RemovedError,
} from '@group-services/client';
import type { LibraryWorld } from '../../src/library/library-world.js';
import { demand, type Part, play, type Scene } from './plays.js';

const SENDS = 8;

/** What became of a message, as its sender knows it. */
type Fate = 'done' | 'not done' | 'unknown';

/** What all members have seen: each message at its place. */
class Chronicle {
  readonly fates = new Map<string, Fate>();
  readonly #places = new Map<string, string>();
  readonly #texts = new Map<string, string>();

  /** The first thing that must not be. */
  #fault: (() => void) | undefined;

  /** A message at its place, as one member sees it. */
  sees(life: string, position: number, text: string): void {
    const place = `${life} ${position}`;
    const before = this.#places.get(text) ?? place;
    const other = this.#texts.get(place) ?? text;
    if (before !== place) {
      this.#fault ??= () => demand(false, 'once', () => `${text} at ${before} and ${place}`);
    }
    if (other !== text) {
      this.#fault ??= () => demand(false, 'one-order', () => `${other} and ${text} at ${place}`);
    }
    this.#places.set(text, place);
    this.#texts.set(place, text);
  }

  /** Nothing is left that somebody has been told otherwise about. */
  close(): void {
    this.#fault?.();
    for (const [text, fate] of this.fates) {
      const seen = this.#places.has(text);
      demand(fate !== 'not done' || !seen, 'definite', () => `${text} was refused, and was seen`);
      demand(fate !== 'done' || seen, 'definite', () => `${text} was approved, and was never seen`);
    }
  }
}

/** Members that come back by themselves and send, each message with a signal that may take it back. */
export async function playKeepJoined(scene: Scene): Promise<LibraryWorld> {
  const chronicle = new Chronicle();
  const world = await play(scene, 4, async (part, life) => {
    const { index, where } = part;
    const stop = new AbortController();
    let sent = 0;
    let tries = 0;
    const options = { connect: where, signal: stop.signal, vote: voteOf(part) };
    for await (const { provider } of keepJoined('crew', options)) {
      const ended = follow(provider, chronicle);
      while (sent < SENDS && !stop.signal.aborted) {
        await part.world.think(part.world.profile.timing.suspectAfterMs / 2);
        const before = sent;
        tries += 1;
        sent += await say(part, provider, chronicle, `p${index}-${life}.${tries}`);
        if (sent === before) break;
      }
      if (sent < SENDS) await ended;
      else if (index > 0) stop.abort();
      else if (await isAlone(part, provider, ended)) stop.abort();
    }
  });
  chronicle.close();
  return world;
}

/** The one that is spared stays until the others have gone, to see what they have said; in its next membership, if need be. */
async function isAlone(
  { world }: Part,
  provider: Provider,
  ended: Promise<void>,
): Promise<boolean> {
  let isMember = true;
  void ended.then(() => {
    isMember = false;
  });
  const { suspectAfterMs } = world.profile.timing;
  while (isMember && provider.view.providers.length > 1) await world.think(suspectAfterMs);
  return isMember;
}

/** Votes say something on the way. */
function voteOf({ rng }: Part) {
  return ({ phase }: { readonly phase: number }): 'approve' | 'continue' =>
    phase < 2 && rng.chance(0.3) ? 'continue' : 'approve';
}

async function follow(provider: Provider, chronicle: Chronicle): Promise<void> {
  const [generation = ''] = provider.view.fence.split('-');
  for await (const event of provider) {
    if (event.type !== 'message') continue;
    chronicle.sees(generation, event.position, new TextDecoder().decode(event.message));
  }
}

/** Some are plain, some with a signal, some in one turn with another, some voted on. Gives how many. */
async function say(
  { rng, world }: Part,
  provider: Provider,
  chronicle: Chronicle,
  text: string,
): Promise<number> {
  const stop = new AbortController();
  if (rng.chance(0.5)) {
    setTimeout(() => stop.abort(), rng.next() * world.profile.timing.suspectAfterMs);
  }
  const phases = rng.chance(0.2) ? 'voting' : 1;
  const calls = [
    fateOf(provider.send(bytes(`${text}a`), { delivery: 'safe' })),
    fateOf(provider.send(bytes(`${text}b`), { delivery: 'safe', signal: stop.signal, phases })),
  ];
  chronicle.fates.set(`${text}a`, 'unknown').set(`${text}b`, 'unknown');
  const [a = 'unknown', b = 'unknown'] = await Promise.all(calls);
  chronicle.fates.set(`${text}a`, a).set(`${text}b`, b);
  return a === 'done' || b === 'done' ? 1 : 0;
}

async function fateOf(call: Promise<{ readonly outcome: string }>): Promise<Fate> {
  try {
    return (await call).outcome === 'approved' ? 'done' : 'not done';
  } catch (error) {
    if (error instanceof AbortedError || error instanceof RemovedError) return 'not done';
    if (!(error instanceof GroupServicesError)) throw error;
    return 'unknown';
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
