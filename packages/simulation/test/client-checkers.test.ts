import type { DaemonId, GroupName } from '@group-services/core';
import { type ClientView, DEFAULT_ATTRIBUTES, type ToClient } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import type { Checker, FinalState } from '../src/checkers/checker.js';
import { Convergence } from '../src/checkers/convergence.js';
import { DrainsFailNothing } from '../src/checkers/drains-fail-nothing.js';
import { EventOrder } from '../src/checkers/event-order.js';
import { OneAnswer } from '../src/checkers/one-answer.js';
import { Refusals } from '../src/checkers/refusals.js';
import { SameContent } from '../src/checkers/same-content.js';
import { SenderOrder } from '../src/checkers/sender-order.js';
import { ShownValues } from '../src/checkers/shown-values.js';
import { StateFold } from '../src/checkers/state-fold.js';
import { ViewSequence } from '../src/checkers/view-sequence.js';
import { Handles } from '../src/handles.js';
import { readPayload, writePayload } from '../src/payload.js';
import { Witnesses } from '../src/world/witnesses.js';

/** Clients a, b, … each join one group with handle 1; frames are made by hand. */

const DAEMON = 'n1.1' as DaemonId;
const GROUP = 'g' as GroupName;

class Scene {
  readonly handles: Handles;

  constructor(checker: Checker) {
    this.handles = new Handles(new Witnesses([checker]));
  }

  join(client: string, snapshot: ReturnType<typeof snapshotAt>): this {
    this.handles.connected(client, DAEMON);
    const join = { kind: 'join', request: 1, handle: 1, group: GROUP, attributes: {}, timeout: 0 };
    this.handles.said(client, { ...join, kind: 'join' }, 0);
    return this.hears(client, {
      kind: 'joined',
      request: 1,
      handle: 1,
      provider: `n1/${client}`,
      attributes: DEFAULT_ATTRIBUTES,
      snapshot,
    });
  }

  subscribe(client: string, snapshot: ReturnType<typeof snapshotAt>, persistent = false): this {
    this.handles.connected(client, DAEMON);
    this.handles.said(
      client,
      {
        kind: 'subscribe',
        request: 1,
        handle: 1,
        group: GROUP,
        membership: true,
        state: true,
        persistent,
        timeout: 0,
      },
      0,
    );
    return this.hears(client, { kind: 'subscribed', request: 1, handle: 1, snapshot });
  }

  sends(client: string, number: number, request = 0): this {
    const payload = writePayload({ sender: `${client}#1`, number, safe: false }, 0);
    const send = { handle: 1, request, safe: false, payload };
    this.handles.said(client, { kind: 'send', ...send }, 0);
    return this;
  }

  hears(client: string, message: ToClient): this {
    this.handles.heard(client, message, 0);
    return this;
  }

  finish(checker: Checker): void {
    const final: FinalState = {
      at: 0,
      liveDaemons: new Set(),
      entries: [],
      openHandles: this.handles.open,
    };
    checker.finish?.(final);
  }
}

function fence(position: number): string {
  return `${'5'.padStart(16, '0')}-${String(position).padStart(16, '0')}`;
}

function viewOf(version: number, position: number, clients: readonly string[]): ClientView {
  return {
    version,
    fence: fence(position),
    providers: clients.map((client) => `n1/${client}`),
    numbers: clients.map((client) => client.charCodeAt(0)),
  };
}

function snapshotAt(position: number, view: ClientView, state: Uint8Array | null = null) {
  return { view, stateValue: state, position };
}

function message(position: number, client: string, number: number, request = 0): ToClient {
  const payload = writePayload({ sender: `${client}#1`, number, safe: false }, 0);
  return { kind: 'message', handle: 1, position, from: client.charCodeAt(0), request, payload };
}

function stateAt(position: number, value: Uint8Array): ToClient {
  const protocol = { id: `5.${position}`, kind: 'state' as const };
  return { kind: 'approved', handle: 1, position, protocol, phases: 0, state: { value } };
}

function joinedAt(position: number, view: ClientView, joined: readonly string[]): ToClient {
  const { version, fence } = view;
  const ids = joined.map((client) => `n1/${client}`);
  const numbers = joined.map((client) => client.charCodeAt(0));
  const membership = { version, fence, joined: ids, numbers, left: [] };
  const protocol = { id: `5.${position}`, kind: 'join' as const };
  return { kind: 'approved', handle: 1, position, protocol, phases: 0, membership };
}

const alone = snapshotAt(1, viewOf(1, 1, ['a']));
const both = snapshotAt(2, viewOf(2, 2, ['a', 'b']));
const given = (number: number): Uint8Array =>
  writePayload({ sender: 'a#1', number, safe: true }, 0);

const isSafe = (payload: Uint8Array): boolean => readPayload(payload).safe;
const RULES = { isSafe, agreedResults: false };

describe('one-answer', () => {
  test('a second answer, one that nobody asked for, and none at all are found', () => {
    const checker = new OneAnswer();
    const scene = new Scene(checker).join('a', alone).sends('a', 1, 2);
    expect(() => scene.finish(checker)).toThrow(/no answer to its request 2 \(send/);
    scene.hears('a', { kind: 'refused', request: 2, code: 'REMOVED', text: '' });
    scene.finish(checker);
    expect(() => scene.hears('a', { kind: 'done', request: 2 })).toThrow(/already answered/);
    expect(() => scene.hears('a', { kind: 'done', request: 9 })).toThrow(/never asked/);
  });
});

test('event-order: a position that does not grow is found', () => {
  const scene = new Scene(new EventOrder(RULES)).join('a', alone).hears('a', message(2, 'a', 1));
  expect(() => scene.hears('a', message(2, 'a', 2))).toThrow(/event-order.*after 5\.2/);
});

test('event-order: a subscription that goes on after its daemon fell out keeps what was safe', () => {
  const again = (position: number): ToClient => ({
    kind: 'snapshot',
    handle: 1,
    snapshot: snapshotAt(position, viewOf(3, position, ['b'])),
  });
  const scene = (isPersistent: boolean): Scene =>
    new Scene(new EventOrder(RULES))
      .subscribe('s', snapshotAt(9, both.view), isPersistent)
      .hears('s', stateAt(11, given(1)));
  scene(true).hears('s', again(12));
  expect(() => scene(true).hears('s', again(11))).toThrow(/event-order.*5\.11 after 5\.11/);
  const unchanged = (): Scene =>
    new Scene(new EventOrder(RULES)).subscribe('s', snapshotAt(9, both.view), true);
  unchanged().hears('s', again(7));
  expect(() => unchanged().hears('s', again(2))).toThrow(/event-order.*5\.2 after 5\.9/);
  expect(() => scene(false).hears('s', again(10))).toThrow(/event-order.*5\.10 after 5\.11/);
});

test('client-frames: nothing comes after the end of a handle', () => {
  const scene = new Scene(new EventOrder(RULES)).join('a', alone);
  scene.hears('a', { kind: 'removed', handle: 1, position: 2, reason: 'group-lost' });
  expect(() => scene.hears('a', message(3, 'a', 2))).toThrow(/client-frames/);
});

describe('view-sequence', () => {
  test('one fence with two lists is found', () => {
    const scene = new Scene(new ViewSequence()).join('a', alone).join('b', both);
    const other = joinedAt(2, viewOf(2, 2, ['a', 'c']), ['c']);
    expect(() => scene.hears('a', other)).toThrow(/view-sequence/);
  });

  test('a view left out and a joiner that is there already are found', () => {
    const left = new Scene(new ViewSequence()).join('a', alone);
    const third = joinedAt(3, viewOf(3, 3, ['a', 'b', 'c']), ['c']);
    expect(() => left.hears('a', third)).toThrow(/view-sequence/);
    const twice = new Scene(new ViewSequence()).join('a', alone);
    const again = joinedAt(2, viewOf(2, 2, ['a']), ['a']);
    expect(() => twice.hears('a', again)).toThrow(/view-sequence/);
  });

  test('a fence that goes back is found', () => {
    const scene = new Scene(new ViewSequence()).join('b', both);
    expect(() => scene.hears('b', joinedAt(3, viewOf(3, 1, ['a', 'b', 'c']), ['c']))).toThrow(
      /view-sequence/,
    );
  });
});

describe('same-content', () => {
  const rules = { isSafe, agreedResults: false };

  test('other content at one position is found once it is confirmed', () => {
    const scene = new Scene(new SameContent(rules)).join('a', alone).join('b', both);
    scene.hears('a', joinedAt(2, both.view, ['b']));
    scene.hears('a', message(3, 'a', 1)).hears('b', message(3, 'b', 1));
    scene.hears('a', stateAt(4, given(2)));
    expect(() => scene.hears('b', stateAt(4, given(2)))).toThrow(/same-content.*5\.3/);
  });

  test('a message left out is found', () => {
    const scene = new Scene(new SameContent(rules)).join('a', alone).join('b', both);
    scene.hears('a', joinedAt(2, both.view, ['b'])).hears('a', message(3, 'a', 1));
    scene.hears('a', stateAt(4, given(2)));
    expect(() => scene.hears('b', stateAt(4, given(2)))).toThrow(/did not see message/);
  });

  test('a message that one alone sees is found, at the end at the latest', () => {
    const checker = new SameContent(rules);
    const scene = new Scene(checker).join('a', alone).join('b', both);
    scene.hears('a', joinedAt(2, both.view, ['b'])).hears('a', stateAt(4, given(2)));
    scene.hears('b', message(3, 'b', 1)).hears('b', message(5, 'b', 2));
    expect(() => scene.finish(checker)).toThrow(/same-content.*b#1 /);
  });

  test('a subscriber that misses a change is found, and it misses no messages', () => {
    const scene = new Scene(new SameContent(rules)).join('a', alone).subscribe('s', alone);
    scene.hears('a', message(2, 'a', 1)).hears('a', stateAt(3, given(2)));
    scene.hears('a', stateAt(4, given(3)));
    expect(() => scene.hears('s', stateAt(4, given(3)))).toThrow(/s#1 did not see state/);
  });
});

describe('sender-order', () => {
  const ready = (): Scene =>
    new Scene(new SenderOrder()).join('a', both).join('b', both).sends('a', 1).sends('a', 2);

  test('messages of one sender out of order or twice are found', () => {
    const scene = ready().hears('b', message(3, 'a', 2));
    expect(() => scene.hears('b', message(4, 'a', 1))).toThrow(/sender-order.*:1 after :2/);
    expect(() => scene.hears('b', message(4, 'a', 2))).toThrow(/sender-order/);
  });

  test('a message that nobody sent, or under another name, is found', () => {
    expect(() => ready().hears('b', message(3, 'a', 9))).toThrow(/which nobody gave/);
    const payload = writePayload({ sender: 'a#1', number: 1, safe: false }, 0);
    const from = 'b'.charCodeAt(0);
    const forged: ToClient = { kind: 'message', handle: 1, position: 3, from, request: 0, payload };
    expect(() => ready().hears('b', forged)).toThrow(/under the name n1\/b/);
  });
});

describe('state-fold', () => {
  const rules = { isSafe, agreedResults: false };
  const third = viewOf(2, 3, ['a', 'b']);

  test('a snapshot that shows another value than the last change is found', () => {
    const fifth = viewOf(3, 5, ['a', 'b', 'c']);
    const checker = new StateFold(rules);
    const scene = new Scene(checker).join('a', alone).hears('a', stateAt(2, given(1)));
    scene.join('b', snapshotAt(3, third, given(1))).hears('a', joinedAt(3, third, ['b']));
    scene.finish(checker);
    scene.join('c', snapshotAt(5, fifth, given(7)));
    scene.finish(checker);
    scene.hears('a', joinedAt(5, fifth, ['c']));
    expect(() => scene.finish(checker)).toThrow(/c#1 is shown a#1:7 .* but a#1 saw a#1:1/);
  });

  test('the agreed tail of a lost daemon proves nothing, that of a living one does', () => {
    const joined = viewOf(2, 4, ['a', 'b']);
    const tail = (): { checker: StateFold; scene: Scene } => {
      const checker = new StateFold(rules);
      const scene = new Scene(checker).join('a', alone).hears('a', stateAt(2, given(1)));
      scene.hears('a', message(3, 'a', 2));
      // Another change stood at 3 in truth, which b alone knows of, by its snapshot.
      return { checker, scene: scene.join('b', snapshotAt(4, joined, given(3))) };
    };
    const living = tail();
    expect(() => living.scene.finish(living.checker)).toThrow(/b#1 is shown a#1:3/);
    const lost = tail();
    lost.scene.handles.disconnected('a', 0);
    lost.scene.finish(lost.checker);
  });
});

test('state-fold: an agreed change counts once something safe has followed it, or its handle lives', () => {
  const shownToB = (end: 'lost' | 'confirmed' | 'alive'): StateFold => {
    const checker = new StateFold({ isSafe, agreedResults: true });
    const scene = new Scene(checker).join('a', alone).hears('a', stateAt(2, given(1)));
    scene.hears('a', message(3, 'a', 2));
    // b is shown another value at that place.
    scene.join('b', snapshotAt(4, viewOf(2, 4, ['a', 'b']), given(3)));
    if (end === 'confirmed') scene.hears('a', joinedAt(4, viewOf(2, 4, ['a', 'b']), ['b']));
    if (end !== 'alive') scene.handles.disconnected('a', 0);
    scene.finish(checker);
    return checker;
  };
  shownToB('lost');
  expect(() => shownToB('confirmed')).toThrow(/b#1 is shown a#1:3 .* but a#1 saw a#1:1/);
  expect(() => shownToB('alive')).toThrow(/state-fold/);
});

describe('refusals', () => {
  const scene = (agreedResults: boolean): { checker: Refusals; scene: Scene } => {
    const checker = new Refusals({ isSafe, agreedResults });
    return { checker, scene: new Scene(checker).join('a', alone).join('b', both) };
  };
  const removed: ToClient = { kind: 'refused', request: 2, code: 'REMOVED', text: '' };

  test('a message that was refused and run is found, at the end at the latest', () => {
    const { checker, scene: it } = scene(false);
    it.sends('a', 1, 2)
      .hears('a', removed)
      .hears('b', message(3, 'a', 1));
    expect(() => it.finish(checker)).toThrow(/refusals: b#1 sees a#1:1, which was refused/);
  });

  test('what only a lost daemon has shown was not run', () => {
    const { checker, scene: it } = scene(true);
    it.sends('a', 1, 2).hears('b', message(3, 'a', 1));
    it.handles.disconnected('b', 0);
    it.hears('a', removed).finish(checker);
  });

  test('what something safe has followed was run', () => {
    const { scene: it } = scene(true);
    it.sends('a', 1, 2).hears('b', message(3, 'a', 1));
    it.hears('b', joinedAt(4, viewOf(3, 4, ['a', 'b', 'c']), ['c']));
    expect(() => it.hears('a', removed)).toThrow(/refused a#1:1, which was run/);
  });
});

describe('shown-values', () => {
  const value = writePayload({ sender: 'b#1', number: 1, safe: true }, 0);
  const changed: ToClient = {
    kind: 'refused',
    request: 2,
    code: 'STATE_CHANGED',
    text: '',
    stateValue: value,
  };
  const refused = (): { checker: ShownValues; it: Scene } => {
    const checker = new ShownValues();
    const it = new Scene(checker).join('a', alone);
    const proposed = { kind: 'state', value, ifState: null } as const;
    it.handles.said('a', { kind: 'propose', request: 2, handle: 1, phases: 1, proposed }, 0);
    return { checker, it: it.hears('a', changed) };
  };

  test('a value of a refusal that nobody is told of is found, at the end at the latest', () => {
    const { checker, it } = refused();
    expect(() => it.finish(checker)).toThrow(/shown-values: a#1 was refused .* never was/);
  });

  test('or when what was asked for after the refusal comes first', () => {
    const { it } = refused();
    it.sends('a', 1, 3);
    expect(() => it.hears('a', message(3, 'a', 1, 3))).toThrow(/never was/);
  });

  test('one that comes after its refusal was true', () => {
    const { checker, it } = refused();
    it.hears('a', stateAt(3, value));
    it.finish(checker);
  });
});

test('convergence: a handle that shows a provider who is gone is found', () => {
  const checker = new Convergence();
  const scene = new Scene(checker).join('a', alone).hears('a', joinedAt(2, both.view, ['b']));
  scene.join('b', both);
  scene.finish(checker);
  scene.handles.disconnected('b', 0);
  expect(() => scene.finish(checker)).toThrow(/convergence.*n1\/b/);
});

describe('drains-fail-nothing', () => {
  const refused = { kind: 'refused', request: 2, text: '' } as const;

  test('a proposal that is refused since something is missing', () => {
    const scene = new Scene(new DrainsFailNothing()).join('a', alone).sends('a', 1, 2);
    expect(() => scene.hears('a', { ...refused, code: 'UNAVAILABLE' })).toThrow(/as UNAVAILABLE/);
  });

  test('one that is lost although its provider is there', () => {
    const checker = new DrainsFailNothing();
    const scene = new Scene(checker).join('a', alone).sends('a', 1, 2);
    scene.hears('a', { ...refused, code: 'CONNECTION_LOST' });
    expect(() => scene.finish(checker)).toThrow(/as CONNECTION_LOST/);
  });

  test('not one whose provider has left', () => {
    const checker = new DrainsFailNothing();
    const scene = new Scene(checker).join('a', alone).sends('a', 1, 2);
    scene.hears('a', { kind: 'removed', handle: 1, position: 3, reason: 'goodbye' });
    scene.hears('a', { ...refused, code: 'CONNECTION_LOST' });
    scene.finish(checker);
  });
});
