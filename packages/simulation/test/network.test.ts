import { daemonId, type NodeName, Rng } from '@group-services/core';
import { VirtualTime } from '@group-services/testkit';
import type { DaemonMessage } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { Counters } from '../src/counters.js';
import { Delays } from '../src/delays.js';
import { type PeerInput, PeerNetwork, type PeerProcess } from '../src/peer-network.js';
import type { NetworkProfile } from '../src/profile.js';
import { Reachability } from '../src/reachability.js';
import { Stream } from '../src/stream.js';
import { Timeline } from '../src/timeline.js';

const CALM: NetworkProfile = {
  delayMinMs: 1,
  delayMeanMs: 1,
  tailChance: 0,
  tailMs: 0,
  loss: 0,
  duplication: 0,
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
    const process = { id, address: `sim://${node}`, node, paused: false, enqueue, heard };
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
    expect(a.heard).toEqual(['peerUnreachable b.1']);
    setting.process('b', 2);
    setting.network.probe(a, b.id);
    setting.time.runUntil(100);
    expect(a.heard.at(-1)).toBe('peerSuperseded b.1');
    setting.reachability.cut('b', 'a');
    setting.network.probe(a, daemonId('b' as NodeName, 2));
    setting.time.runUntil(150);
    expect(a.heard).toHaveLength(2);
    setting.time.runUntil(300);
    expect(a.heard.at(-1)).toBe('peerUnreachable b.2');
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
});
