import { daemonId, type NodeName, Rng } from '@group-services/core';
import { VirtualTime } from '@group-services/testkit';
import type { DaemonMessage } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { Counters } from '../src/counters.js';
import type { NetworkProfile } from '../src/profile/profile.js';
import { Reachability } from '../src/reachability.js';
import { Timeline } from '../src/timeline.js';
import { TODAY } from '../src/world/codecs.js';
import { Delays } from '../src/world/delays.js';
import { PeerNetwork } from '../src/world/peer-network.js';
import type { PeerInput, PeerProcess } from '../src/world/peer-process.js';
import { Stream } from '../src/world/stream.js';

const CALM: NetworkProfile = {
  delayMinMs: 1,
  delayMeanMs: 1,
  tailChance: 0,
  tailMs: 0,
  loss: 0,
  duplication: 0,
  reordering: 1,
  answerDuplication: 0,
  slowShare: 0,
  slowBytesPerMs: 0,
};

class Setting {
  readonly time = new VirtualTime();
  readonly reachability = new Reachability();
  readonly delays: Delays;
  readonly network: PeerNetwork;

  constructor(profile: NetworkProfile = CALM) {
    this.delays = new Delays(new Rng(1), profile);
    this.network = new PeerNetwork({
      time: this.time,
      reachability: this.reachability,
      delays: this.delays,
      timeline: new Timeline(),
      counters: new Counters(),
      dialTimeoutMs: 100,
    });
  }

  process(node: string, incarnation: number): PeerProcess & { readonly heard: string[] } {
    const heard: string[] = [];
    const id = daemonId(node as NodeName, incarnation);
    const enqueue = (input: PeerInput): void => {
      heard.push(`${input.kind} ${input.peer}`);
    };
    const where = { id, address: `sim://${node}`, node, codecs: TODAY };
    const process = { ...where, isPaused: false, enqueue, heard };
    this.network.started(process);
    return process;
  }
}

const HEARTBEAT: DaemonMessage = { kind: 'node', message: { kind: 'heartbeat', hears: [] } };

describe('the network between daemons', () => {
  test('the first message dials, both ends learn of the link, and it arrives', () => {
    const setting = new Setting();
    const [a, b] = [setting.process('a', 1), setting.process('b', 1)];
    setting.network.send(a, b.id, HEARTBEAT);
    setting.time.runUntil(50);
    expect(a.heard).toEqual(['peerUp b.1']);
    expect(b.heard).toEqual(['peerUp a.1', 'fromPeer a.1']);
  });

  test('the kernel of a process that ends tells its peers', () => {
    const setting = new Setting();
    const [a, b] = [setting.process('a', 1), setting.process('b', 1)];
    setting.network.send(a, b.id, HEARTBEAT);
    setting.time.runUntil(50);
    setting.network.ended(b);
    setting.time.runUntil(100);
    expect(a.heard).toEqual(['peerUp b.1', 'peerClosed b.1']);
  });

  test('a probe of a dead, a cut off and a restarted daemon tells what became of it', () => {
    const setting = new Setting();
    const [a, b] = [setting.process('a', 1), setting.process('b', 1)];
    setting.network.ended(b);
    setting.network.probe(a, b.id);
    setting.time.runUntil(50);
    expect(a.heard).toEqual(['peerNotReached b.1', 'peerUnreachable b.1']);
    setting.process('b', 2);
    setting.network.probe(a, b.id);
    setting.time.runUntil(100);
    expect(a.heard.at(-1)).toBe('peerSuperseded b.1');
    setting.reachability.cut('b', 'a');
    setting.network.probe(a, daemonId('b' as NodeName, 2));
    setting.time.runUntil(150);
    expect(a.heard).toHaveLength(3);
    setting.time.runUntil(300);
    // Time that has passed is no evidence.
    expect(a.heard.slice(3)).toEqual(['peerNotReached b.2']);
  });

  test('a one-way cut stops one direction only', () => {
    const setting = new Setting();
    const [a, b] = [setting.process('a', 1), setting.process('b', 1)];
    setting.network.send(a, b.id, HEARTBEAT);
    setting.network.send(b, a.id, HEARTBEAT);
    setting.time.runUntil(50);
    a.heard.length = 0;
    b.heard.length = 0;
    setting.reachability.cut('a', 'b');
    setting.network.send(a, b.id, HEARTBEAT);
    setting.network.send(b, a.id, HEARTBEAT);
    setting.time.runUntil(100);
    expect(b.heard).toEqual([]);
    expect(a.heard).toEqual(['fromPeer b.1']);
  });

  test('messages are lost, doubled and late as drawn', () => {
    const setting = new Setting({
      ...CALM,
      loss: 0.3,
      duplication: 0.5,
      tailChance: 0.1,
      tailMs: 1000,
    });
    const [a, b] = [setting.process('a', 1), setting.process('b', 1)];
    for (let i = 0; i < 200; i += 1) setting.network.send(a, b.id, HEARTBEAT);
    setting.time.runUntil(20);
    const prompt = b.heard.filter((line) => line.startsWith('fromPeer')).length;
    setting.time.runUntil(2000);
    const all = b.heard.filter((line) => line.startsWith('fromPeer')).length;
    expect(all).toBeGreaterThan(150);
    expect(all).toBeLessThan(260);
    expect(all - prompt).toBeGreaterThan(5);
  });
});

describe('links that are not what they seem', () => {
  function linked(profile: NetworkProfile = CALM) {
    const setting = new Setting(profile);
    const [a, b] = [setting.process('a', 1), setting.process('b', 1)];
    setting.network.send(a, b.id, HEARTBEAT);
    setting.time.runUntil(50);
    a.heard.length = 0;
    b.heard.length = 0;
    return { ...setting, time: setting.time, network: setting.network, a, b };
  }

  test('a stalled link tells nobody and delivers late', () => {
    const { network, time, a, b } = linked();
    network.stallOne(() => 0, 500);
    network.send(a, b.id, HEARTBEAT);
    time.runUntil(500);
    expect([a.heard, b.heard]).toEqual([[], []]);
    time.runUntil(600);
    expect(b.heard).toEqual(['fromPeer a.1']);
  });

  test('one end forgets a link and only it hears of that', () => {
    const { network, time, a, b } = linked();
    network.forgetOne(() => 0);
    time.runUntil(500);
    expect([a.heard, b.heard]).toEqual([['peerClosed b.1'], []]);
  });

  test('a slow link takes its time for every byte and refuses what would wait too long', () => {
    const { network, time, a, b } = linked({ ...CALM, slowShare: 1, slowBytesPerMs: 0.05 });
    for (let i = 0; i < 100; i += 1) network.send(a, b.id, HEARTBEAT);
    time.runUntil(1000);
    const early = b.heard.length;
    time.runUntil(60_000);
    expect(early).toBeGreaterThan(0);
    expect(b.heard.length).toBeGreaterThan(early);
    expect(b.heard.length).toBeLessThan(60);
  });

  test('messages keep their order where none may overtake', () => {
    const { network, time, a, b } = linked({ ...CALM, delayMeanMs: 20, reordering: 0 });
    const stopping: DaemonMessage = { kind: 'node', message: { kind: 'stopping' } };
    const order: string[] = [];
    const enqueue = (input: PeerInput): void => {
      if (input.kind === 'fromPeer' && input.message.kind === 'node') {
        order.push(input.message.message.kind);
      }
    };
    network.started({ ...b, enqueue });
    for (let i = 0; i < 20; i += 1) network.send(a, b.id, i < 19 ? HEARTBEAT : stopping);
    time.runUntil(1000);
    expect(order.at(-1)).toBe('stopping');
    expect(order).toHaveLength(20);
  });
});

describe('a stream', () => {
  function open(setting: Setting): { stream: Stream; heard: string[] } {
    const heard: string[] = [];
    const end = (place: string) => ({
      place,
      received: (frame: Uint8Array) => heard.push(`${place} ${frame[0]}`),
      closed: () => heard.push(`${place} closed`),
    });
    const { time, reachability, delays } = setting;
    const stream = new Stream({ time, reachability, delays, giveUpMs: 100 }, [end('a'), end('b')]);
    return { stream, heard };
  }

  test('keeps the order and closes behind what was sent', () => {
    const setting = new Setting();
    const { stream, heard } = open(setting);
    for (let i = 0; i < 5; i += 1) stream.send(0, Uint8Array.of(i));
    stream.close(0);
    setting.time.runUntil(50);
    expect(heard).toEqual(['b 0', 'b 1', 'b 2', 'b 3', 'b 4', 'b closed']);
  });

  test('holds frames while the way is cut, and goes on', () => {
    const setting = new Setting();
    const { stream, heard } = open(setting);
    setting.reachability.cut('a', 'b');
    stream.send(0, Uint8Array.of(1));
    stream.send(0, Uint8Array.of(2));
    setting.time.runUntil(50);
    expect(heard).toEqual([]);
    setting.reachability.mend('a', 'b');
    setting.time.runUntil(100);
    expect(heard).toEqual(['b 1', 'b 2']);
  });

  test('is given up by the sender when the cut lasts, and only by it', () => {
    const setting = new Setting();
    const { stream, heard } = open(setting);
    setting.reachability.cut('b', 'a');
    stream.send(0, Uint8Array.of(1));
    setting.time.runUntil(1000);
    expect(heard).toEqual(['a closed']);
    setting.reachability.mend('b', 'a');
    stream.send(1, Uint8Array.of(2));
    setting.time.runUntil(2000);
    expect(heard).toEqual(['a closed', 'b closed']);
  });

  test('stands still while it is stalled, and nobody is told', () => {
    const setting = new Setting();
    const { stream, heard } = open(setting);
    stream.stall(500);
    for (let i = 0; i < 3; i += 1) stream.send(0, Uint8Array.of(i));
    setting.time.runUntil(499);
    expect(heard).toEqual([]);
    setting.time.runUntil(600);
    expect(heard).toEqual(['b 0', 'b 1', 'b 2']);
  });

  test('half-open: the end that is left learns it only by sending in vain', () => {
    const setting = new Setting();
    const { stream, heard } = open(setting);
    stream.vanish(1);
    setting.time.runUntil(1000);
    expect(heard).toEqual(['b closed']);
    stream.send(0, Uint8Array.of(1));
    setting.time.runUntil(2000);
    expect(heard).toEqual(['b closed', 'a closed']);
  });

  test('holds what a process does not read, in order', () => {
    const setting = new Setting();
    const { stream, heard } = open(setting);
    stream.setReading(1, 'off');
    for (let i = 0; i < 3; i += 1) stream.send(0, Uint8Array.of(i));
    setting.time.runUntil(1000);
    expect([heard, stream.waitingBytes(1)]).toEqual([[], 3]);
    stream.setReading(1, 'on');
    setting.time.runUntil(1001);
    expect([heard, stream.waitingBytes(1)]).toEqual([['b 0', 'b 1', 'b 2'], 0]);
  });
});
