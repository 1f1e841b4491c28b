// A testbed to play with: `node tooling/testbed/dist/stand.js 3`. Prints where the hosts are, takes a
// command a line, and removes everything when its input ends or it is interrupted.
import { createInterface } from 'node:readline';
import { missingRequirement } from './requirements.js';
import { Testbed } from './testbed.js';

type Words = readonly string[];

const commands: Readonly<Record<string, (bed: Testbed, words: Words) => Promise<void>>> = {
  partition: async (bed, sides) => await bed.partition(sides.map((side) => side.split(','))),
  cut: async (bed, [from = '', to = '']) => await bed.cut({ from, to }),
  loss: async (bed, [percent]) => await bed.loss(Number(percent)),
  duplicate: async (bed, [percent]) => await bed.duplicate(Number(percent)),
  reorder: async (bed, [percent]) => await bed.reorder(Number(percent)),
  delay: async (bed, [ms, jitter = '0']) =>
    await bed.delay({ ms: Number(ms), jitterMs: Number(jitter) }),
  crash: async (bed, [host = '']) => await bed.crash(host),
  heal: async (bed) => await bed.heal(),
};

const missing = await missingRequirement();
if (missing === undefined)
  await stand(await Testbed.create({ hosts: Number(process.argv[2] ?? 3) }));
else {
  console.error(`no testbed can be made here: ${missing}`);
  process.exitCode = 1;
}

async function stand(bed: Testbed): Promise<void> {
  const input = createInterface({ input: process.stdin });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => input.close());
  for (const host of bed.hosts) {
    console.log(`${host}: ${bed.address(host)}, nsenter --net=${bed.namespaceFile(host)} PROGRAM`);
  }
  console.log(`commands: ${Object.keys(commands).join(', ')}`);
  for await (const line of input) {
    const [name = '', ...words] = line.trim().split(/\s+/);
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) console.log(`no such command: ${name}`);
    else await command(bed, words).catch((error: unknown) => console.log(String(error)));
    console.log(JSON.stringify(await bed.counters()));
  }
  await bed.close();
}
