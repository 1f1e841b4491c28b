import { connect } from '@group-services/client';
import { countdown } from '@group-services/recipes';

const services = await connect();
// In a program each process has one of these.
const worker = await countdown(services, 'warm-up', { parties: 2 });
const gate = await countdown(services, 'warm-up', { parties: 2 });
worker.countDown(); // Done, and goes on with something else.
const { present } = await gate.wait({ timeout: 5_000 });
console.log('warmed up', worker.isOver || gate.isOver, present.length);
await services.close();
