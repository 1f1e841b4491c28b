// Sends as many messages as it is told, with as many open as it is told, and takes in its events in the
// way that it is told. Tells its parent when it has joined, when its own are sent, and how it ended.
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@group-services/client';

const { endpoint, group, crowd } = JSON.parse(process.argv[2]);
const { size, count, open, expected, takes } = crowd;
const services = await connect({ endpoint });
const provider = await services.join(group);
process.on('disconnect', () => process.exit(0));
process.send({ id: provider.id });

let heard = 0;
const seen = new Map();
let order = 'kept';
const hear = ({ from, message }) => {
  const number = new DataView(message.buffer, message.byteOffset).getUint32(0);
  if (number !== (seen.get(from) ?? 0)) order = `${from} sent ${number} after ${seen.get(from)}`;
  seen.set(from, number + 1);
  heard += 1;
  if (heard === expected) process.send({ heard, order });
};
provider.on('removed', ({ reason, detail }) => process.send({ removed: reason, detail, heard }));
if (takes === 'handler') provider.on('message', hear);
else void takeOneByOne();

/** A consumer that pauses now and then: slower than the others send. */
async function takeOneByOne() {
  let taken = 0;
  for await (const event of provider) {
    if (event.type !== 'message') continue;
    hear(event);
    taken += 1;
    if (taken % 200 === 0) await pause(2);
  }
}

process.on('message', async () => {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const message = new Uint8Array(size);
      new DataView(message.buffer).setUint32(0, next);
      next += 1;
      await provider.send(message);
    }
  };
  const lanes = Array.from({ length: Math.min(open, count) }, lane);
  await Promise.all(lanes).then(
    () => process.send({ sent: count }),
    (error) => process.send({ failed: error.message }),
  );
});
