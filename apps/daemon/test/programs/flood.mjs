// A process that sends as fast as it may, for ever; there to be a nuisance. Runs from the built SDK.
import { connect } from '@group-services/client';

const { endpoint, group, phases = 1 } = JSON.parse(process.argv[2]);
const services = await connect({ endpoint });
const provider = await services.join(group);
process.on('disconnect', () => process.exit(0));
process.send({ id: provider.id });

const message = new Uint8Array(64);
const lane = async () => {
  for (;;) await (phases === 1 ? provider.send(message) : provider.barrier({ phases }));
};
await Promise.all(Array.from({ length: 5_000 }, lane));
