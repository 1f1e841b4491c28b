import { connect, StateChangedError } from '@group-services/client';

const services = await connect();
const jobs = await services.join('jobs');
const bytes = new TextEncoder();

await jobs.send(bytes.encode('started'), { delivery: 'safe' });
try {
  await jobs.changeState(bytes.encode('phase 1'), { ifState: null });
} catch (error) {
  if (!(error instanceof StateChangedError)) throw error;
  console.log('somebody else was first');
}
await jobs.leave({ reason: 'done' });
await services.close();
