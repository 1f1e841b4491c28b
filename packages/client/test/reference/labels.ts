import { connect } from '@group-services/client';

const services = await connect();
const labels = { zone: 'eu-1', http: 'http://10.0.0.7:8080' };
const worker = await services.join('fleet of workers', { labels });
// By provider id; who gave none is not in it.
for (const id of worker.view.providers) console.log(id, worker.view.labels[id]?.['zone']);
await services.close();
