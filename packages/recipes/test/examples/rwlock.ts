import { connect } from '@group-services/client';
import { rwlock } from '@group-services/recipes';

const services = await connect();
const catalogue = await rwlock(services, 'catalogue');
const readers = await Promise.all([catalogue.read(), catalogue.read()]);
console.log(readers.length, 'read together');
await Promise.all(readers.map((reader) => reader.release()));
const writer = await catalogue.write();
console.log('alone now');
await writer.release();
await services.close();
