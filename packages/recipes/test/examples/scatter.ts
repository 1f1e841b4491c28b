import { connect } from '@group-services/client';
import { scatter } from '@group-services/recipes';

const services = await connect();
const asker = await scatter<string, number>(services, 'load');
const worker = await scatter<string, number>(services, 'load');
worker.answer((question) => question.length);

console.log('one says', await asker.ask(worker.id, 'how many?', { timeout: 1_000 }));
for (const { from, value, error } of await asker.askAll('and all?', { quorum: 1 })) {
  console.log(from, value ?? error);
}
await services.close();
