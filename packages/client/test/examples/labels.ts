import { connect } from '@group-services/client';

const services = await connect();
const worker = await services.join('workers', {
  labels: { zone: process.env['ZONE'] ?? 'unknown', http: '10.0.0.7:8080' },
});
for (const id of worker.view.providers) console.log(id, worker.view.labels[id]?.['http']);
await services.close();
