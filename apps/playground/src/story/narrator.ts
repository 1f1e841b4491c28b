import type { Happening } from '../stage/happenings.js';
import { nodeIn, SUSPICIONS } from './takeover-steps.js';

/** One sentence of the story of a run. */
export interface Sentence {
  readonly at: number;
  readonly tone: Tone;
  readonly text: string;
}

/** `act`: the visitor did it; `bad`: something fails; `turn`: the lead changes; `good`: it is solved. */
export type Tone = 'act' | 'bad' | 'turn' | 'good' | 'plain';

/** Says in words what happens; what has been said by one of several that notice the same is not repeated. */
export class Narrator {
  readonly #sentences: Sentence[] = [];
  /** The last place in the order of which something was said. */
  #place = 0;
  #ballot = '';
  /** The newest view of which something was said. */
  #generation = 0;
  #version = 0;

  get sentences(): readonly Sentence[] {
    return this.#sentences;
  }

  hear(happening: Happening): void {
    const said = this.#say(happening);
    if (said === undefined) return;
    const [tone, text] = said;
    this.#sentences.push({ at: happening.at, tone, text });
    if (this.#sentences.length > 2 * KEPT) this.#sentences.splice(0, KEPT);
  }

  #say(happening: Happening): Said {
    switch (happening.kind) {
      case 'up':
      case 'down':
      case 'paused':
      case 'resumed':
        return standing(happening.kind, happening.place);
      case 'cut':
      case 'healed':
        return link(happening.kind, happening.a, happening.b);
      case 'heard':
        return this.#heard(happening);
      case 'proposes':
        return [
          'plain',
          `${happening.by} proposes a new state value. All are asked for their vote.`,
        ];
      case 'votes': {
        const { by, value } = happening;
        return ['plain', `${by} votes: ${value === 'approve' ? 'approved' : 'rejected'}.`];
      }
      case 'ballot':
        return this.#asked(happening.protocol);
      case 'view':
        return this.#installed(happening);
      default:
        return between(happening);
    }
  }

  #asked(protocol: string): Said {
    if (protocol === this.#ballot) return undefined;
    this.#ballot = protocol;
    return [
      'plain',
      'The proposal is placed in the order; the members on the list at that place vote.',
    ];
  }

  #installed({ entry }: Extract<Happening, { kind: 'view' }>): Said {
    const { generation, version } = entry;
    const isKnown = generation === this.#generation && version <= this.#version;
    if (generation < this.#generation || isKnown) return undefined;
    this.#generation = generation;
    this.#version = version;
    const members = entry.members.map(({ id }) => nodeIn(id)).join(', ');
    const text = `View ${entry.version}: ${nodeIn(entry.leader)} leads ${members}.`;
    return ['good', text];
  }

  #heard({ by, cell }: Extract<Happening, { kind: 'heard' }>): Said {
    if (cell.what === 'message' || cell.place <= this.#place) return undefined;
    this.#place = cell.place;
    if (cell.what === 'snapshot') return undefined;
    const tone = cell.what === 'rejected' || cell.what === 'gone' ? 'turn' : 'good';
    return [tone, `${by} hears first, and all others at the same place: ${cell.title}.`];
  }
}

const KEPT = 200;

type Said = readonly [Tone, string] | undefined;

function named(place: string): string {
  if (place === 'ns') return 'The name server';
  return place.startsWith('n') ? `Daemon ${place}` : `Process ${place}`;
}

function standing(kind: 'up' | 'down' | 'paused' | 'resumed', place: string): Said {
  const isProcess = /^[A-Z]$/.test(place);
  switch (kind) {
    case 'up':
      return ['act', `${named(place)} starts.`];
    case 'down':
      if (place === 'ns') {
        return [
          'act',
          'The name server is killed. Groups go on: messages and votes never pass through it.',
        ];
      }
      return isProcess
        ? ['act', `${named(place)} is killed. Its daemon sees the closed connection at once.`]
        : [
            'act',
            `${named(place)} is killed. Its kernel closes its links, and the process beside it is cut off.`,
          ];
    case 'paused':
      return [
        'act',
        `${named(place)} stands still: its links stay open, but nothing comes from it.`,
      ];
    case 'resumed':
      return [
        'act',
        `${named(place)} goes on. It asks first whether it still counts before it says anything.`,
      ];
  }
}

function link(kind: 'cut' | 'healed', a: string, b: string): Said {
  const ends = `${a === 'ns' ? 'the name server' : a} and ${b === 'ns' ? 'the name server' : b}`;
  return kind === 'cut'
    ? ['act', `The link between ${ends} is cut: nobody is told, silence has to be noticed.`]
    : ['act', `The link between ${ends} is whole again.`];
}

/** What daemons and the name server do among themselves. */
function between(happening: Happening): Said {
  switch (happening.kind) {
    case 'suspects': {
      const { by, peer, why } = happening;
      return ['bad', `${by} suspects ${peer}: ${SUSPICIONS[why] ?? why}.`];
    }
    case 'alive':
      return ['good', `${happening.by} hears ${happening.peer} again.`];
    case 'contact':
      return happening.contact === 'lost'
        ? ['bad', `${happening.by} has lost the name server. Its groups go on.`]
        : undefined;
    case 'claims':
      return ['turn', `${happening.by} claims the lead from the name server.`];
    case 'accepted': {
      const { entry, change } = happening;
      const leader = nodeIn(entry.leader);
      if (change === 'formed')
        return ['good', `The name server notes a new group: ${leader} leads it.`];
      if (change === 'leader') {
        return ['turn', `The name server accepts version ${entry.version}: ${leader} is to lead.`];
      }
      return ['plain', `The name server accepts version ${entry.version} of the list.`];
    }
    case 'asks':
      return [
        'turn',
        `${happening.by} asks ${happening.whom} to promise and to say how far it is.`,
      ];
    case 'promises': {
      const { by, upTo } = happening;
      const has = upTo === null ? 'is joining and has nothing yet' : `has the stream up to ${upTo}`;
      return ['turn', `${by} promises to follow no older leader, and ${has}.`];
    }
    case 'fetches':
      return ['turn', `${happening.by} fetches what others have and it has not.`];
    case 'took-over':
      return ['good', `${happening.by} leads: all have answered.`];
    case 'deposed':
      return ['turn', `${happening.by} learns that it leads no more, and goes on as a member.`];
    case 'woke':
      return [
        'turn',
        `${happening.by} notices that it was away, and hands out nothing before it is heard.`,
      ];
    case 'membership-over':
      return [
        'bad',
        `${happening.by} learns that the others went on without it: ${happening.why}.`,
      ];
    default:
      return undefined;
  }
}
