import { expect, test } from 'vitest';
import { Run } from '../stage/run.js';
import { Story } from './story.js';

function begun(daemons: number): { readonly run: Run; readonly story: Story } {
  const story = new Story();
  const run = new Run({ seed: 3, daemons }, (happening) => story.hear(happening));
  run.advance(8_000);
  return { run, story };
}

test('a takeover is told in five steps, each ticked off when it has happened', () => {
  const { run, story } = begun(4);
  expect(story.takeover.steps).toEqual([]);
  const leader = story.takeover.leader ?? '';
  run.act({ kind: 'kill', daemon: Number(leader.slice(1)) });
  const done: number[] = [];
  for (let i = 0; i < 1_000 && story.takeover.overAt === undefined; i += 1) {
    run.advance(run.now + 5);
    done.push(story.takeover.steps.filter(({ state }) => state === 'done').length);
  }
  // One step after the other, and none back; who notices claims at once.
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect([...new Set(done)]).toEqual(expect.arrayContaining([0, 2, 3, 5]));
  expect(story.takeover.steps.map(({ state }) => state)).toEqual(Array(5).fill('done'));
  expect(story.takeover.leader).not.toBe(leader);
  expect(story.takeover.steps[0]?.words).toContain(`the leader ${leader}`);
  const words = story.narrator.sentences.map(({ text }) => text).join('\n');
  expect(words).toContain(`Daemon ${leader} is killed.`);
  expect(words).toMatch(/n\d claims the lead/);
  expect(words).toMatch(/View \d+: n\d leads/);
});

test('lanes of the order never differ in a place that both have', () => {
  const { run, story } = begun(5);
  run.act({ kind: 'propose', process: 2 });
  run.act({ kind: 'kill', daemon: 1 });
  run.advance(14_000);
  const { columns } = story.order;
  expect(columns.length).toBeGreaterThan(15);
  const places = columns.map(({ place }) => place);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  for (const { place } of columns) {
    const texts = run.crew.flatMap(({ name }) => {
      const cell = story.order.lane(name).heard.get(place)?.cell;
      return cell === undefined || cell.what === 'snapshot' ? [] : cell.text;
    });
    expect(new Set(texts).size).toBeLessThan(2);
  }
  const values = run.crew.slice(1).map(({ name }) => story.order.lane(name).state);
  expect(new Set(values).size).toBe(1);
  expect(values[0]).toMatch(/^B\d/);
});
