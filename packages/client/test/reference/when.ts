import { connect } from '@group-services/client';

const services = await connect();
const worker = await services.join('quorum');
void services.join('quorum');

await worker.when(({ view }) => view.providers.length >= 2, { timeout: 10_000 });
console.log('enough of us:', worker.view.providers.length, worker.status());
await services.close();
