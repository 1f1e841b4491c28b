import { folderFixture } from '@group-services/example-harness/workshop';
import { expect, test as plain } from 'vitest';
import { type LogRecord, openItems, PartitionLog } from './partition-log.js';

const test = plain.extend(folderFixture);

function record(kind: LogRecord['kind'], fence: string, item?: number): LogRecord {
  return { kind, owner: `owner-${fence}`, fence, ...(item === undefined ? {} : { item }) };
}

test('what one has written another reads, and no greater token lets a smaller one pass', async ({
  folder,
}) => {
  const [old, young] = [new PartitionLog(folder, 3), new PartitionLog(folder, 3)];
  expect(await old.append(record('start', '1'))).toBe(true);
  expect(await young.append(record('start', '2'))).toBe(true);
  expect(await old.append(record('done', '1', 0))).toBe(false);
  expect(await young.append(record('done', '2', 0))).toBe(true);
  expect((await old.read()).map(({ owner }) => owner)).toEqual(['owner-1', 'owner-2', 'owner-2']);
});

test('of many at once each gets a place of its own', async ({ folder }) => {
  const items = Array.from({ length: 20 }, (_, item) => item);
  const logs = items.map((item) => new PartitionLog(folder, 0).append(record('done', '1', item)));
  expect(await Promise.all(logs)).not.toContain(false);
  const records = await new PartitionLog(folder, 0).read();
  expect(records).toHaveLength(20);
  expect(openItems(records, 22)).toEqual([20, 21]);
});
